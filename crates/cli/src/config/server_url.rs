//! The address of a server, in one spelling.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// `http://` or `https://`, a host, perhaps a port and a path; no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// The full address of an API path, which begins with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether what is sent there can be read on the way.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whether both lead to the same server. All names of this machine are one.
    pub fn same_server(&self, other: &Self) -> bool {
        let port = |url: &Self| url.0.port_or_known_default();
        self == other
            || (self.is_loopback()
                && other.is_loopback()
                && port(self) == port(other)
                && self.0.scheme() == other.0.scheme()
                && self.0.path() == other.0.path())
    }
}

impl FromStr for ServerUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("{why}; expected an address such as https://kraken.example.com or http://127.0.0.1:8411");
        let url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("only http and https are understood"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("an address holds no user and no password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("an address holds no ? and no #"));
        }
        Ok(Self(url))
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests;
