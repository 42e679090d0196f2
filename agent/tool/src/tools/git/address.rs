//! Addresses of repositories, apart from the credentials that people write into them.

use crate::failure::Failure;

/// An address, split into what may be shown and what may not.
pub(super) struct Address {
    /// Without user and password where it is HTTP.
    bare: String,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Http,
    Ssh,
    Other,
}

impl Address {
    /// Understands `scheme://[user[:password]@]host/path`, `[user@]host:path` and paths.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        if text.starts_with('-') || text.contains(['\n', '\0']) {
            return Err(Failure::step("checkout: this is not the address of a repository"));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let ssh = scp_like(text).is_some();
            let user = scp_like(text).and_then(|(host, _)| host.split_once('@')).map(|(user, _)| user.to_owned());
            return Ok(Self { bare: text.into(), user, password: None, kind: if ssh { Kind::Ssh } else { Kind::Other } });
        };
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, host) = place.rsplit_once('@').map_or((None, place), |(login, host)| (Some(login), host));
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, password)) => (decode(user), decode(password)),
            None => (None, None),
        };
        let scheme = scheme.to_ascii_lowercase();
        let kind = match scheme.as_str() {
            "http" | "https" => Kind::Http,
            "ssh" | "git+ssh" | "ssh+git" => Kind::Ssh,
            _ => Kind::Other,
        };
        let bare = match (kind, &user) {
            // The user belongs to an ssh address; a password there is of no use.
            (Kind::Ssh, Some(user)) => format!("{scheme}://{user}@{host}/{path}"),
            _ => format!("{scheme}://{host}/{path}"),
        };
        Ok(Self { bare, user, password, kind })
    }

    /// What may be shown, stored and passed on.
    pub(super) fn bare(&self) -> &str {
        &self.bare
    }

    /// The repository's name: the last part of its path.
    pub(super) fn name(&self) -> &str {
        let path = self.bare.trim_end_matches('/');
        let last = path.rsplit(['/', ':']).next().unwrap_or(path);
        let name = last.strip_suffix(".git").unwrap_or(last);
        if name.is_empty() { "repository" } else { name }
    }

    /// Scheme, host and port, where it is HTTP.
    pub(super) fn http_origin(&self) -> Option<&str> {
        let after_scheme = self.bare.find("://")? + 3;
        let end = self.bare[after_scheme..].find('/').map_or(self.bare.len(), |at| after_scheme + at);
        (self.kind == Kind::Http).then_some(&self.bare[..end])
    }

    /// Whether it goes over ssh.
    pub(super) fn is_ssh(&self) -> bool {
        self.kind == Kind::Ssh
    }

    /// Whether another spelling means the same repository: scheme, user, port, `.git` and slashes at the end don't matter.
    pub(super) fn is_same_repository(&self, other: &str) -> bool {
        Self::parse(other).is_ok_and(|other| place_of(&self.bare) == place_of(&other.bare))
    }
}

/// Host in lower case (empty for a path on this host), and path.
fn place_of(bare: &str) -> (String, String) {
    let (host, path) = match bare.split_once("://") {
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None => scp_like(bare).unwrap_or(("", bare)),
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let path = path.trim_matches('/');
    (host.to_ascii_lowercase(), path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/').to_owned())
}

/// `host:path`, where the colon comes before any slash.
fn scp_like(text: &str) -> Option<(&str, &str)> {
    text.split_once(':').filter(|(host, _)| !host.is_empty() && !host.contains('/'))
}

/// Undoes percent-encoding (RFC 3986, 2.1); `None` for an empty text.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests;
