//! Which names an artifact may have.

use super::ArtifactError;

/// The object store's limit for keys, less what stands before the name.
const NAME_BYTES_MAX: usize = 800;

/// Checks that `name` is relative, `/`-separated and stays where it is put.
pub(super) fn check(name: &str) -> Result<(), ArtifactError> {
    let wrong = |what: &str| Err(ArtifactError::of(name, format_args!("not a name for an artifact: {what}")));
    if name.is_empty() {
        return wrong("it is empty");
    }
    if name.len() > NAME_BYTES_MAX {
        return Err(ArtifactError(format!("a name of {} bytes is too long for an artifact: at most {NAME_BYTES_MAX}", name.len())));
    }
    if name.chars().any(char::is_control) {
        return wrong("it has control characters");
    }
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return wrong("expected a relative path without empty parts, '.' and '..'");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
