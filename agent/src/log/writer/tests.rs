#![allow(clippy::unwrap_used)]

use std::io::Read;

use flate2::read::{GzDecoder, MultiGzDecoder};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_millis(ms)
}

struct Written {
    _dir: tempfile::TempDir,
    path: std::path::PathBuf,
    writer: LogWriter,
}

fn begin() -> Written {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.gz");
    Written { writer: LogWriter::create(&path).unwrap(), _dir: dir, path }
}

fn whole(path: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    MultiGzDecoder::new(File::open(path).unwrap()).read_to_end(&mut out).unwrap();
    out
}

/// Unpacks every member by the index alone and holds what it says against what is there.
fn read_by_index(path: &Path, log: &Snapshot) -> Vec<u8> {
    let spool = std::fs::read(path).unwrap();
    let (mut out, mut offset, mut line) = (Vec::new(), 0, 0);
    for member in &log.index.members {
        assert_eq!((member.offset, member.first_line), (offset, line));
        let range = usize::try_from(offset).unwrap()..usize::try_from(offset + member.length).unwrap();
        let mut text = Vec::new();
        GzDecoder::new(&spool[range]).read_to_end(&mut text).unwrap();
        let lines = text.split_inclusive(|byte| *byte == b'\n').count();
        assert_eq!(lines, usize::try_from(member.lines).unwrap());
        out.extend_from_slice(&text);
        offset += member.length;
        line += u64::from(member.lines);
    }
    assert_eq!((log.index.lines, log.index.bytes), (line, out.len() as u64));
    assert_eq!(log.spool_bytes, spool.len() as u64);
    out
}

#[test]
fn ten_thousand_lines_are_three_members() {
    let mut log = begin();
    let text: String = (0..10_000).map(|n| format!("line {n}\n")).collect();
    log.writer.write(text.as_bytes(), at(5)).unwrap();
    let done = log.writer.finish().unwrap();
    let lines: Vec<u32> = done.index.members.iter().map(|member| member.lines).collect();
    assert_eq!(lines, [4096, 4096, 1808]);
    assert!(done.index.complete);
    assert_eq!(read_by_index(&log.path, &done), text.as_bytes());
    assert_eq!(done.index.members_of(4095, 4097).count(), 2);
}

#[test]
fn a_log_without_lines_can_be_unpacked() {
    let log = begin();
    let done = log.writer.finish().unwrap();
    assert_eq!((done.index.lines, done.index.members.len()), (0, 0));
    assert_eq!(whole(&log.path), b"");
}

#[test]
fn bytes_that_are_no_text_and_a_last_line_without_end_are_kept() {
    let mut log = begin();
    let bytes = [0xff, 0, 0xfe, b'\n', b'\r', b'\n', 0xc3];
    log.writer.write(&bytes, at(0)).unwrap();
    let done = log.writer.finish().unwrap();
    assert_eq!(done.index.lines, 3);
    assert_eq!(read_by_index(&log.path, &done), bytes);
}

#[test]
fn a_huge_line_is_cut() {
    let mut log = begin();
    for _ in 0..9 {
        log.writer.write(&[b'x'; LINE_BYTES_MAX / 2], at(0)).unwrap();
    }
    log.writer.write(b"\nshort\n", at(0)).unwrap();
    let done = log.writer.finish().unwrap();
    assert_eq!(done.index.lines, 6);
    let text = read_by_index(&log.path, &done);
    let lengths: Vec<usize> = text.split(|byte| *byte == b'\n').map(<[u8]>::len).collect();
    assert_eq!(lengths, [LINE_BYTES_MAX, LINE_BYTES_MAX, LINE_BYTES_MAX, LINE_BYTES_MAX, LINE_BYTES_MAX / 2, 5, 0]);
    assert_eq!(done.index.members.len(), 2, "four lines of 1 MiB fill a member");
}

#[test]
fn a_line_of_just_the_limit_is_not_cut() {
    let mut log = begin();
    let mut line = vec![b'x'; LINE_BYTES_MAX];
    line.push(b'\n');
    log.writer.write(&line, at(0)).unwrap();
    log.writer.write(&line[..LINE_BYTES_MAX], at(0)).unwrap();
    log.writer.write(b"\n", at(0)).unwrap();
    let done = log.writer.finish().unwrap();
    assert_eq!(done.index.lines, 2);
    assert_eq!(read_by_index(&log.path, &done).len(), 2 * line.len());
}

#[test]
fn steps_begin_on_lines_of_their_own() {
    let mut log = begin();
    log.writer.begin_step(0, at(0)).unwrap();
    log.writer.write(b"no end", at(1)).unwrap();
    log.writer.begin_step(2, at(2)).unwrap();
    log.writer.write(b"next\n", at(3)).unwrap();
    let done = log.writer.finish().unwrap();
    let marks: Vec<(u32, u64)> = done.index.steps.iter().map(|mark| (mark.step, mark.first_line)).collect();
    assert_eq!(marks, [(0, 0), (2, 1)]);
    assert_eq!(whole(&log.path), b"no end\nnext\n");
}

#[test]
fn changes_of_time_are_noted_at_most_ten_times_a_second() {
    let mut log = begin();
    for n in 0..100 {
        log.writer.write(b"x\n", at(1000 + n * 30)).unwrap();
    }
    let done = log.writer.finish().unwrap();
    let member = &done.index.members[0];
    assert_eq!((member.from, member.to), (at(1000), at(1000 + 99 * 30)));
    assert_eq!(member.times[..2], [(4, 120), (8, 240)]);
    assert_eq!(member.times.len(), 24);
}

#[test]
fn the_newest_lines_can_be_read_while_the_member_grows() {
    let mut log = begin();
    log.writer.write(b"one\ntwo\nthr", at(0)).unwrap();
    let now = log.writer.snapshot().unwrap();
    let open = now.open.unwrap();
    assert_eq!((open.member.lines, now.index.lines), (3, 3));
    let mut tail = std::fs::read(&log.path).unwrap();
    assert_eq!(tail.len() as u64, now.spool_bytes);
    tail.extend_from_slice(&open.closing);
    let mut text = String::new();
    GzDecoder::new(&tail[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, "one\ntwo\nthr");
    log.writer.write(b"ee\n", at(0)).unwrap();
    let done = log.writer.finish().unwrap();
    assert_eq!(read_by_index(&log.path, &done), b"one\ntwo\nthree\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_chunks_come_out_whole(chunks in prop::collection::vec((prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..3000), any::<bool>()), 0..30)) {
        let mut log = begin();
        let mut all = Vec::new();
        for (n, (chunk, look)) in chunks.iter().enumerate() {
            log.writer.write(chunk, at(n as i64 * 70)).unwrap();
            all.extend_from_slice(chunk);
            if *look {
                let now = log.writer.snapshot().unwrap();
                prop_assert_eq!(now.index.bytes, all.len() as u64);
            }
        }
        let done = log.writer.finish().unwrap();
        prop_assert_eq!(read_by_index(&log.path, &done), all);
    }
}
