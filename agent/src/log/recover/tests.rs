#![allow(clippy::unwrap_used)]

use super::*;

const WORDS: &str = "the agent was interrupted\n";

fn unpacked(path: &Path) -> String {
    let mut out = String::new();
    MultiGzDecoder::new(File::open(path).unwrap()).read_to_string(&mut out).unwrap();
    out
}

/// Writes lines and "dies": the writer is dropped without an end.
fn interrupted(path: &Path, lines: u32, flushed: bool) -> String {
    let mut writer = LogWriter::create(path).unwrap();
    let text: String = (0..lines).map(|n| format!("line {n}\n")).collect();
    writer.begin_step(0, Timestamp::UNIX_EPOCH).unwrap();
    writer.write(text.as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
    if flushed {
        writer.snapshot().unwrap();
    }
    text
}

#[test]
fn all_that_was_spooled_comes_back() {
    for lines in [0, 1, 4096, 10_000] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("spool.gz");
        let text = interrupted(&path, lines, true);
        let log = recover(&path, WORDS, Timestamp::now()).unwrap();
        assert_eq!(unpacked(&path), format!("{text}{WORDS}"));
        assert_eq!((log.index.lines, log.index.bytes), (u64::from(lines) + 1, (text.len() + WORDS.len()) as u64));
        assert_eq!(log.index.steps.len(), 1);
        assert!(log.index.complete);
        assert_eq!(log.spool_bytes, std::fs::metadata(&path).unwrap().len());
    }
}

#[test]
fn a_spool_cut_anywhere_gives_a_beginning_of_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.gz");
    let text = interrupted(&path, 9000, true);
    let (whole, index) = (std::fs::read(&path).unwrap(), std::fs::read(dir.path().join("spool.gz.index")).unwrap());
    for cut in (0..whole.len()).step_by(whole.len() / 40) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        std::fs::write(dir.path().join("spool.gz.index"), &index).unwrap();
        let log = recover(&path, WORDS, Timestamp::now()).unwrap();
        let back = unpacked(&path);
        let lines = back.strip_suffix(WORDS).unwrap();
        assert!(text.starts_with(lines.trim_end_matches('\n')), "cut at {cut}");
        assert_eq!(log.index.lines, back.lines().count() as u64);
    }
}

#[test]
fn without_a_spool_there_is_a_log_that_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.gz");
    recover(&path, WORDS, Timestamp::now()).unwrap();
    assert_eq!(unpacked(&path), WORDS);
    discard(&path).unwrap();
    discard(&path).unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
