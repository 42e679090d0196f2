//! Which names of commits, branches and paths are taken from a host.
//!
//! These end up in arguments of programs and in addresses. A host checks them too; but a name that could be an option, a range or a command is
//! refused here whoever sent it.

/// Whether this is the name of a commit, whole or cut: 7 to 64 hexadecimal digits, not all zero.
pub(crate) fn is_commit(name: &str) -> bool {
    (7..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_hexdigit()) && !is_no_commit(name)
}

/// Whether this is how hosts write "no commit": zeros, as many as a name has digits.
pub(crate) fn is_no_commit(name: &str) -> bool {
    name.len() >= 7 && name.bytes().all(|b| b == b'0')
}

/// Whether this can be a branch or a tag: the rules of `git check-ref-format`
/// (<https://git-scm.com/docs/git-check-ref-format>), and at most 1,000 bytes.
pub(crate) fn is_ref_name(name: &str) -> bool {
    let part_is_good = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    let is_bad = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    name.len() <= 1_000
        && name != "@"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(is_bad)
        && name.split('/').all(part_is_good)
}

#[cfg(test)]
mod tests;
