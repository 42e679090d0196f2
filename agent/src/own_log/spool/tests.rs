#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn a_piece_keeps_its_name_and_its_lines_until_it_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = Spool::in_dir(dir.path());
    assert!(spool.is_empty() && spool.piece().is_none());
    spool.add(b"one\n").unwrap();
    let (name, lines) = spool.piece().unwrap();
    assert_eq!(lines, b"one\n");

    // The process ends before it knows whether the piece is stored.
    let mut spool = Spool::in_dir(dir.path());
    spool.add(b"two\n").unwrap();
    assert_eq!(spool.piece().unwrap(), (name.clone(), b"one\n".to_vec()));
    spool.forget_piece();
    let (next, lines) = spool.piece().unwrap();
    assert_eq!(lines, b"two\n");
    spool.forget_piece();
    assert!(spool.is_empty() && spool.piece().is_none());
    assert!(name.len() == 13 && next >= name);
}

#[test]
fn what_finds_no_room_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = Spool::in_dir(dir.path());
    spool.add(&b"a line\n".repeat(100_000)).unwrap();
    spool.add(&b"a line\n".repeat(60_000)).unwrap();
    let (_, lines) = spool.piece().unwrap();
    assert!(lines.len() as u64 <= BYTES_MAX + 1000);
    let last = String::from_utf8(lines[700_000..].to_vec()).unwrap();
    assert!(last.contains("60000 lines of this agent's log found no room"), "{last}");
}

#[test]
fn lines_left_by_an_earlier_process_are_there() {
    let dir = tempfile::tempdir().unwrap();
    Spool::in_dir(dir.path()).add(b"left\n").unwrap();
    let mut spool = Spool::in_dir(dir.path());
    assert!(!spool.is_empty());
    assert_eq!(spool.piece().unwrap().1, b"left\n");
}
