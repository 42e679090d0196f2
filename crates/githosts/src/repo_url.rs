//! Whether two addresses are the same repository, however they are spelled.
//!
//! People configure the address that they copied; hosts tell others. Two are the same when host and path are, and, where both are of one family
//! (web, ssh, git), the port too: `https://git.example.com:3000/a/b` and `ssh://git@git.example.com:2222/a/b` may be one server, but
//! `https://git.example.com:3000` and `https://git.example.com:3001` are two.

use std::{fmt, str::FromStr};

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `https://`
    Https,
    /// `http://`
    Http,
    /// `ssh://`, and `user@host:path`.
    Ssh,
    /// `git://`
    Git,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
            Self::Ssh => 22,
            Self::Git => 9418,
        }
    }

    fn is_web(self) -> bool {
        matches!(self, Self::Https | Self::Http)
    }
}

/// The address of a repository on a host. User and password, if it had any, are gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepoUrl {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
    path: String,
}

/// A text that is not the address of a repository on a host. The text is not shown: there may be a password in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the repository's address {0}: expected https://host/path, ssh://user@host/path or user@host:path")]
pub struct NotARepoUrl(&'static str);

/// Hosts that are reached under a second name where port 22 is closed
/// (<https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port>,
/// <https://about.gitlab.com/blog/gitlab-dot-com-now-supports-an-alternate-git-plus-ssh-port/>,
/// <https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-ssh-issues/>), and under which they never keep anything else.
const SECOND_NAMES: [(&str, &str); 5] = [
    ("ssh.github.com", "github.com"),
    ("www.github.com", "github.com"),
    ("altssh.gitlab.com", "gitlab.com"),
    ("altssh.bitbucket.org", "bitbucket.org"),
    ("www.bitbucket.org", "bitbucket.org"),
];

impl RepoUrl {
    /// How it is reached.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in small letters; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if it is not the scheme's own.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path: no slash at its ends, no `.git`, no `%20`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether both are the same repository. Letters of the path may differ in case: every host that sends webhooks takes them for the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.host == other.host && self.path.eq_ignore_ascii_case(&other.path) && (!self.is_of_one_family(other) || self.port == other.port)
    }

    /// Whether both are reached in the same way, so that their ports can be compared.
    pub fn is_of_one_family(&self, other: &Self) -> bool {
        self.scheme == other.scheme || (self.scheme.is_web() && other.scheme.is_web())
    }

    /// Whether the last parts of the path are these (`KEY/slug`).
    pub fn path_ends_with(&self, name: &str) -> bool {
        let Some(rest) = self.path.len().checked_sub(name.len()).filter(|at| self.path.is_char_boundary(*at)) else { return false };
        let (before, end) = self.path.split_at(rest);
        end.eq_ignore_ascii_case(name) && (before.is_empty() || before.ends_with('/'))
    }
}

impl fmt::Display for RepoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        write!(f, "{}{port}/{}", self.host, self.path)
    }
}

impl FromStr for RepoUrl {
    type Err = NotARepoUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.len() > 1_900 {
            return Err(NotARepoUrl("has more than 1900 bytes"));
        }
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(NotARepoUrl("has a space or a control character"));
        }
        match text.split_once("://") {
            Some((scheme, rest)) => with_scheme(scheme, rest),
            None => like_scp(text),
        }
    }
}

fn with_scheme(scheme: &str, rest: &str) -> Result<RepoUrl, NotARepoUrl> {
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" | "git+https" => Scheme::Https,
        "http" | "git+http" => Scheme::Http,
        "ssh" | "git+ssh" | "ssh+git" => Scheme::Ssh,
        "git" => Scheme::Git,
        _ => return Err(NotARepoUrl("has another scheme")),
    };
    let (place, path) = rest.split_once('/').ok_or(NotARepoUrl("has no path"))?;
    let path = if scheme.is_web() { path.split(['?', '#']).next().unwrap_or_default() } else { path };
    // A password may have an @ in it.
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let (host, port) = match place.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (place, None),
    };
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse::<u16>().map_err(|_| NotARepoUrl("has a port that is none"))?),
    };
    build(scheme, host, port.filter(|port| *port != scheme.default_port()), path)
}

/// `[user@]host:path`, as `scp` writes it: <https://git-scm.com/docs/git-clone#_git_urls>.
fn like_scp(text: &str) -> Result<RepoUrl, NotARepoUrl> {
    let bracket = if text.contains(":[") { None } else { text.find("]:").map(|at| at + 1) };
    let colon = bracket.or_else(|| text.find(':')).ok_or(NotARepoUrl("has neither scheme nor host"))?;
    let (place, path) = (&text[..colon], &text[colon + 1..]);
    if place.contains('/') || text.starts_with('-') {
        return Err(NotARepoUrl("is a path on a machine"));
    }
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    // `C:\repo` and `C:/repo`; a host of one letter is nobody's. `ext::sh` and the like are commands.
    if host.len() == 1 || path.starts_with(':') {
        return Err(NotARepoUrl("is no address on a host"));
    }
    build(Scheme::Ssh, host, None, path)
}

fn build(scheme: Scheme, host: &str, port: Option<u16>, path: &str) -> Result<RepoUrl, NotARepoUrl> {
    let host = host.trim_end_matches('.').to_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || "-._".contains(c);
    let is_address =
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok());
    if !is_address && (host.is_empty() || host.starts_with('-') || !host.chars().all(is_part)) {
        return Err(NotARepoUrl("has a host that is none"));
    }
    let second = SECOND_NAMES.iter().find(|(second, _)| *second == host);
    let (host, port) = match second {
        Some((_, first)) => ((*first).to_owned(), None),
        None => (host, port),
    };
    let decoded = percent_decoded(path);
    let joined = decoded.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    let path = joined.strip_suffix(".git").unwrap_or(&joined).trim_end_matches('/').to_owned();
    if path.is_empty() || path.split('/').any(|part| part == ".." || part == ".") || path.contains(char::is_control) {
        return Err(NotARepoUrl("has a path that is none"));
    }
    Ok(RepoUrl { scheme, host, port, path })
}

/// `%41` is `A`; what is no such sign stays as it is.
fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let sign = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|digits| {
            let digit = |at: usize| char::from(digits[at]).to_digit(16);
            u8::try_from(digit(0)? * 16 + digit(1)?).ok()
        });
        bytes.push(sign.unwrap_or(first));
        rest = if sign.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests;
