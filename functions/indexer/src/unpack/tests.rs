#![allow(clippy::unwrap_used)]
use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::*;

fn packed(members: &[&[u8]]) -> Vec<u8> {
    let pack = |bytes: &&[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    members.iter().flat_map(pack).collect()
}

/// Takes lines out of the bytes as if they came in ranges of that size.
fn unpacked(bytes: &[u8], range: usize) -> (Lines, Option<String>) {
    let mut state = State { decoder: MultiGzDecoder::new(Vec::new()), packed: Bytes::new(), searched: 0, broken: None };
    let mut lines = Vec::new();
    let mut ranges = bytes.chunks(range).peekable();
    while let Some(range) = ranges.next() {
        state.packed = Bytes::copy_from_slice(range);
        while !state.packed.is_empty() && state.broken.is_none() {
            let some = state.bite(ranges.peek().is_none());
            assert!(state.decoder.get_ref().len() <= LINE_BYTES_MAX);
            lines.extend(some);
        }
    }
    (lines, state.broken)
}

#[test]
fn members_are_one_text_wherever_ranges_end() {
    let bytes = packed(&[b"one\ntwo\r\n\nthr", b"ee\n", b"", b"last without an end"]);
    for range in [1, 7, 20, 1000] {
        let (lines, broken) = unpacked(&bytes, range);
        assert_eq!(lines, [&b"one"[..], b"two", b"", b"three", b"last without an end"], "ranges of {range}");
        assert_eq!(broken, None);
    }
    assert_eq!(unpacked(&packed(&[b""]), 1000), (Vec::new(), None), "a log without lines");
}

#[test]
fn what_was_packed_very_well_comes_in_pieces() {
    let many = b"the same line again and again\n".repeat(200_000);
    let (lines, broken) = unpacked(&packed(&[&many]), 1 << 20);
    assert_eq!((lines.len(), broken), (200_000, None));
    assert!(lines.iter().all(|line| line == b"the same line again and again"));
    let (lines, _) = unpacked(&packed(&[&b"x".repeat(3 * LINE_BYTES_MAX)]), 1 << 20);
    assert!(!lines.is_empty() && lines.iter().all(|line| line.len() <= LINE_BYTES_MAX));
}

#[test]
fn what_is_damaged_gives_the_lines_before_it() {
    let whole = packed(&[b"one\ntwo\n", b"three\n"]);
    for wrong in [[&whole[..], b"no gzip"].concat(), whole[..whole.len() - 3].to_vec()] {
        let (lines, broken) = unpacked(&wrong, 1000);
        assert_eq!(lines[..2], [&b"one"[..], b"two"]);
        assert!(broken.is_some());
    }
    assert!(unpacked(b"no gzip at all", 1000).1.is_some());
}
