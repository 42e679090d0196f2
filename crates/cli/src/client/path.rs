//! API paths out of names that may hold anything.

use crate::failure::{Failure, Outcome};

/// `/api/` and the segments, each escaped.
///
/// # Errors
///
/// A name that is empty, `.` or `..`: no spelling of those survives in an address.
pub fn api(segments: &[&str]) -> Outcome<String> {
    let mut path = String::from("/api");
    for segment in segments {
        if matches!(*segment, "" | "." | "..") {
            return Err(Failure::Usage(format!("{segment:?} cannot be a name; use the id")));
        }
        path.push('/');
        escape(segment, &mut path);
    }
    Ok(path)
}

/// A relative path with several segments, such as an artifact's, escaped but for its slashes, to go after an API path.
pub fn segments(path: &str) -> Outcome<String> {
    let parts: Vec<&str> = path.split('/').collect();
    api(&parts).map(|path| path["/api".len()..].to_owned())
}

fn escape(segment: &str, into: &mut String) {
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests;
