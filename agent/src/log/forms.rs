//! In which forms a secret value can turn up in a log.
//!
//! Programs rarely print a secret as it is: they print it line by line, indented, or as base64 inside a header. Every form
//! that is listed here is looked for; what is not, is not found.

use std::collections::BTreeSet;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

/// Shorter lines of a secret of several lines are left: they would tear holes into ordinary text.
const LINE_BYTES_MIN: usize = 4;

/// Shorter pieces of base64 are left, for the same reason.
const BASE64_BYTES_MIN: usize = 8;

/// At these columns the usual programs break base64 (PEM, MIME).
const BASE64_COLUMNS: [usize; 2] = [64, 76];

/// All forms of these values, each once.
pub(super) fn forms<'a>(values: impl IntoIterator<Item = &'a str>) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for value in values {
        if value.trim().is_empty() {
            continue;
        }
        found.insert(value.as_bytes().to_vec());
        // Files end in a line feed that `$(cat file)` and most editors drop.
        let trimmed = value.trim_end_matches(['\r', '\n']);
        found.insert(trimmed.as_bytes().to_vec());
        add_lines(&mut found, trimmed);
        add_base64(&mut found, value.as_bytes());
        add_base64(&mut found, trimmed.as_bytes());
    }
    found
}

fn add_lines(found: &mut BTreeSet<Vec<u8>>, value: &str) {
    if !value.contains('\n') {
        return;
    }
    let lines = value.lines().map(str::trim).filter(|line| line.len() >= LINE_BYTES_MIN);
    found.extend(lines.map(|line| line.as_bytes().to_vec()));
}

/// The base64 forms: alone, broken into lines, and inside something longer, where its first and last letters depend on its neighbours and
/// are therefore left out; there are three ways in which a value can lie across the groups of three bytes.
fn add_base64(found: &mut BTreeSet<Vec<u8>>, value: &[u8]) {
    for engine in [&STANDARD, &URL_SAFE] {
        let alone = engine.encode(value);
        for columns in BASE64_COLUMNS {
            if alone.len() > columns {
                let pieces = alone.as_bytes().chunks(columns).filter(|piece| piece.len() >= BASE64_BYTES_MIN);
                found.extend(pieces.map(<[u8]>::to_vec));
            }
        }
        for before in 0..3_usize {
            let mut shifted = vec![0; before];
            shifted.extend_from_slice(value);
            let text = engine.encode(&shifted);
            // Letters that carry bits of the bytes before, and those that carry bits of what follows.
            let first = (before * 8).div_ceil(6);
            let last = shifted.len() * 8 / 6;
            if last >= first + BASE64_BYTES_MIN {
                found.insert(text.as_bytes()[first..last].to_vec());
            }
        }
    }
}
