//! Settings of git that a trigger may name for its looks.
//!
//! There is no git program whose settings they could be, so only what means something here is taken; all else is refused by name rather than
//! ignored. Invariant: with settings that were accepted, credentials only ever go to a host whose certificate is checked.

use std::collections::BTreeMap;

/// The one setting that is understood (<https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify>).
const SSL_VERIFY: &str = "http.sslVerify";

/// Settings that people reach for, and what to use here instead.
const INSTEAD: &[(&str, &str)] = &[
    ("http.extraheader", "name a secret in \"credentials\" for what the host is to be shown"),
    ("http.proxy", "set the proxy for the whole process, with HTTPS_PROXY in its environment"),
    ("credential.helper", "name a secret in \"credentials\""),
    ("http.sslcainfo", "add the authority to those that the machine trusts"),
];

/// What settings come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GitSettings {
    /// Any certificate of the host is good enough (`http.sslVerify=false`).
    pub any_certificate: bool,
}

impl GitSettings {
    /// Reads settings of a trigger that has credentials or not.
    ///
    /// # Errors
    /// Every setting that is not understood, by its name, with what is expected instead.
    pub fn read(settings: &BTreeMap<String, String>, credentials: bool) -> Result<Self, Vec<(String, String)>> {
        let (mut read, mut problems) = (Self::default(), Vec::new());
        for (name, value) in settings {
            match understood(name, value, credentials) {
                Ok(any_certificate) => read.any_certificate |= any_certificate,
                Err(why) => problems.push((name.clone(), why)),
            }
        }
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }
}

/// Whether the setting makes any certificate good enough.
fn understood(name: &str, value: &str, credentials: bool) -> Result<bool, String> {
    if !name.eq_ignore_ascii_case(SSL_VERIFY) {
        let instead = INSTEAD.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map_or("", |(_, instead)| instead);
        let instead = if instead.is_empty() { String::new() } else { format!("; {instead}") };
        return Err(format!(
            "repositories are looked at without git, which knows no {name:?}: the one setting understood is {SSL_VERIFY:?}{instead}"
        ));
    }
    match boolean(value) {
        None => Err(format!("{value:?} says neither yes nor no: expected \"true\" or \"false\"")),
        Some(false) if credentials => {
            Err("credentials are never sent to a host whose certificate nobody checks: leave out one of the two".to_owned())
        }
        Some(verifies) => Ok(!verifies),
    }
}

/// A yes or no as git reads it (<https://git-scm.com/docs/git-config#Documentation/git-config.txt-boolean>).
fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
