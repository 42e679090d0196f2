#![allow(clippy::unwrap_used)]

use std::io::Write;

use super::*;

fn lines_of(bytes: &[u8], limit: usize) -> Vec<Result<String, usize>> {
    let (reader, mut writer) = io::pipe().unwrap();
    writer.write_all(bytes).unwrap();
    drop(writer);
    let mut lines = Lines::default();
    let mut found = Vec::new();
    loop {
        let fill = lines.fill(&reader).unwrap();
        while let Some(line) = lines.next(limit) {
            found.push(match line {
                Line::Whole(line) => Ok(String::from_utf8_lossy(line).into_owned()),
                Line::TooLong(beginning) => Err(beginning.len()),
            });
        }
        if fill == Fill::End {
            return found;
        }
    }
}

#[test]
fn lines_come_whole_and_a_rest_without_line_feed_does_not_count() {
    assert_eq!(lines_of(b"a\n\nbc\nrest", 100), [Ok("a".into()), Ok(String::new()), Ok("bc".into())]);
}

#[test]
fn a_line_beyond_the_limit_is_reported_once_and_the_next_is_fine() {
    let mut bytes = vec![b'x'; 60_000];
    bytes.extend_from_slice(b"\nnext\n");
    assert_eq!(lines_of(&bytes, 100_000).len(), 2);
    let mut lines = Lines::default();
    let (reader, mut writer) = io::pipe().unwrap();
    for _ in 0..3 {
        writer.write_all(&[b'x'; 50_000]).unwrap();
        lines.fill(&reader).unwrap();
        let cut = lines.next(40_000).map(|line| matches!(line, Line::TooLong(_)));
        assert_ne!(cut, Some(false));
    }
    writer.write_all(b"\nnext\n").unwrap();
    lines.fill(&reader).unwrap();
    assert_eq!(lines.next(40_000), Some(Line::Whole(b"next")));
}
