//! The canonical request: the one text that sender and receiver both derive from a request, whatever proxies did to
//! its spelling.

use std::fmt::Write;

use http::HeaderMap;
use http::request::Parts;

pub(super) fn request(parts: &Parts, signed_headers: &[String], payload_hash: &str) -> String {
    let mut text = format!("{}\n{}\n{}\n", parts.method, path(parts.uri.path()), query(parts.uri.query().unwrap_or_default()));
    for name in signed_headers {
        let _ = writeln!(text, "{name}:{}", header_value(&parts.headers, name));
    }
    let _ = write!(text, "\n{}\n{payload_hash}", signed_headers.join(";"));
    text
}

/// Every service but S3 signs the path as sent, encoded once more.
fn path(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { encode(path, true) }
}

fn query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode_decoded(name), encode_decoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// All values of a header, inner runs of spaces made one, joined by commas.
fn header_value(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<String> = headers
        .get_all(name)
        .iter()
        .map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    values.join(",")
}

/// Decodes as a form would, then encodes in the canonical way, so that `%7E` and `~`, `+` and `%20` are the same.
fn encode_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex::decode([*high, *low]).ok(),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.extend(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    encode_bytes(&bytes, false)
}

fn encode(text: &str, keep_slash: bool) -> String {
    encode_bytes(text.as_bytes(), keep_slash)
}

fn encode_bytes(bytes: &[u8], keep_slash: bool) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            b'/' if keep_slash => out.push('/'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
