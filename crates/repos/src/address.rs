//! Where a repository is, as people write it.
//!
//! An address is shown in errors and on pages, so there is never a password in one.

use std::{fmt, path::PathBuf, str::FromStr};

use reqwest::Url;

/// The longest address, in bytes.
const ADDRESS_MAX: usize = 2_000;

/// Where a repository is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// On a host, over HTTP.
    Web(Url),
    /// In a folder of this machine.
    Folder(PathBuf),
}

/// An address that cannot be used. What was written is not shown: there may be a password in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It cannot be read.
    #[error("the repository's address {0}: expected https://host/path")]
    Unread(&'static str),
    /// There is a user or a password in it.
    #[error("the repository's address holds a user or a password: put them into a secret and name it as credentials")]
    Secret,
    /// It is for ssh.
    #[error(
        "repositories are not reached over ssh: write https://{host}/{path} and, if it is not public, name a secret with an access token"
    )]
    Ssh {
        /// The host.
        host: String,
        /// The path there.
        path: String,
    },
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        if text.is_empty() || text.len() > ADDRESS_MAX || text.contains(char::is_control) {
            return Err(BadAddress::Unread("is empty, longer than 2000 bytes, or has control characters"));
        }
        if text.starts_with('/') {
            return Ok(Self::Folder(PathBuf::from(text)));
        }
        let Some((scheme, rest)) = text.split_once("://") else { return Err(like_scp(text)) };
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => web(text),
            "file" if rest.starts_with('/') => Ok(Self::Folder(PathBuf::from(rest))),
            "file" => Err(BadAddress::Unread("names a folder of another machine")),
            "ssh" | "git+ssh" | "ssh+git" => {
                let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
                Err(ssh(place, path))
            }
            _ => Err(BadAddress::Unread("has a scheme that is not known here")),
        }
    }
}

fn web(text: &str) -> Result<Address, BadAddress> {
    let mut url = Url::parse(text).map_err(|_| BadAddress::Unread("is no URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Secret);
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(BadAddress::Unread("names no host"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BadAddress::Unread("has a ? or a # in it"));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(Address::Web(url))
}

/// `git@host:path`.
fn like_scp(text: &str) -> BadAddress {
    match text.split_once(':') {
        Some((place, path)) if !place.is_empty() && !place.contains('/') && !path.is_empty() => ssh(place, path),
        _ => BadAddress::Unread("has neither scheme nor host"),
    }
}

fn ssh(place: &str, path: &str) -> BadAddress {
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    BadAddress::Ssh { host: host.to_owned(), path: path.trim_start_matches('/').to_owned() }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(url) => f.write_str(url.as_str()),
            Self::Folder(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests;
