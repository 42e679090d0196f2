#![allow(clippy::unwrap_used)]

use std::io::Read;

use flate2::read::{GzDecoder, MultiGzDecoder};

use super::*;

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

#[test]
fn members_stand_one_after_the_other() {
    let mut gzip = Gzip::new(Vec::new());
    let mut lengths = Vec::new();
    for text in ["one\n", "", "three\n"] {
        gzip.begin();
        gzip.add(text.as_bytes()).unwrap();
        lengths.push(gzip.end().unwrap());
    }
    let bytes = gzip.writer().clone();
    assert_eq!(lengths.iter().sum::<u64>(), bytes.len() as u64);
    assert_eq!(unpacked(&bytes[..usize::try_from(lengths[0]).unwrap()]), b"one\n");
    let mut all = String::new();
    MultiGzDecoder::new(&bytes[..]).read_to_string(&mut all).unwrap();
    assert_eq!(all, "one\nthree\n");
}

#[test]
fn a_member_is_whole_at_every_sync_and_goes_on() {
    let mut gzip = Gzip::new(Vec::new());
    gzip.begin();
    let mut expected = Vec::new();
    for round in 0..5_u8 {
        let piece: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 ^ round).collect();
        gzip.add(&piece).unwrap();
        expected.extend_from_slice(&piece);
        let length = gzip.sync().unwrap();
        let mut so_far = gzip.writer().clone();
        assert_eq!(so_far.len() as u64, length);
        so_far.extend_from_slice(&gzip.closing());
        assert_eq!(unpacked(&so_far), expected);
    }
    gzip.end().unwrap();
    assert_eq!(unpacked(&gzip.writer().clone()), expected);
}
