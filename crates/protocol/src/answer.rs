//! How large an answer becomes on its way through a function.
//!
//! The body of an answer travels as a text inside a JSON document, of which Lambda takes 6 MB (AWS Lambda Developer Guide, "Lambda quotas"):
//! each of its bytes counts as what the escape of JSON makes of it. A text inside a body that is JSON itself is escaped twice.

/// Bytes that the body of an answer may have, escaped: what Lambda takes, less room for status and headers.
pub const ANSWER_BYTES_MAX: usize = 6_291_556 - (64 << 10);

/// The bytes of `body` inside a JSON text.
pub fn escaped_bytes(body: &[u8]) -> usize {
    sum(body, |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 2,
        0..0x20 => 6,
        _ => 1,
    })
}

/// The bytes of `text` inside a JSON text inside a JSON text.
pub fn escaped_twice_bytes(text: &[u8]) -> usize {
    sum(text, |byte| match byte {
        b'"' | b'\\' => 4,
        b'\n' | b'\r' | b'\t' | 8 | 12 => 3,
        0..0x20 => 7,
        _ => 1,
    })
}

fn sum(bytes: &[u8], weight: impl Fn(u8) -> usize) -> usize {
    bytes.iter().map(|byte| weight(*byte)).sum()
}

#[cfg(test)]
mod tests;
