#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kraken_search::{Entry, Level, Source};

use super::*;
use crate::logs::block::BlockBuilder;
use crate::logs::origins::Origin;
use crate::logs::time::timestamp;

fn block(first: u64, texts: &[&str]) -> Block {
    let source = Arc::new(Source::default());
    let mut builder = BlockBuilder::new(first);
    for (number, text) in texts.iter().enumerate() {
        let entry = Entry { time: timestamp(5), level: Level::Info, source: Arc::clone(&source), text: (*text).into() };
        builder.push(&entry, Origin(first + 1), number as u64);
    }
    builder.take()
}

fn replay(path: &Path) -> (Vec<Block>, Journal) {
    let mut blocks = Vec::new();
    let journal = Journal::replay(path.to_owned(), |block| blocks.push(block)).unwrap();
    (blocks, journal)
}

#[test]
fn a_journal_cut_anywhere_keeps_its_whole_frames_and_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let blocks = [block(0, &["one", "two"]), block(2, &["three"]), block(3, &["four", &"five ".repeat(300), ""])];
    let mut journal = Journal::create(path.clone()).unwrap();
    let mut ends = Vec::new();
    for block in &blocks {
        journal.add(block);
        journal.commit().unwrap();
        ends.push(std::fs::metadata(&path).unwrap().len() as usize);
    }
    let whole = std::fs::read(&path).unwrap();
    let more = block(9, &["more"]);
    for cut in 0..=whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (found, mut journal) = replay(&path);
        let kept = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(found, blocks[..kept], "cut at {cut}");
        journal.add(&more);
        journal.commit().unwrap();
        let (found, _) = replay(&path);
        assert_eq!(found.last(), Some(&more), "cut at {cut}");
        assert_eq!(found.len(), kept + 1, "cut at {cut}");
    }
}

#[test]
fn a_flipped_bit_ends_the_journal_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let mut journal = Journal::create(path.clone()).unwrap();
    journal.add(&block(0, &["one"]));
    journal.commit().unwrap();
    let first = std::fs::metadata(&path).unwrap().len() as usize;
    journal.add(&block(1, &["two"]));
    journal.commit().unwrap();
    let whole = std::fs::read(&path).unwrap();
    for position in first..whole.len() {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x10;
        std::fs::write(&path, bytes).unwrap();
        let (found, _) = replay(&path);
        assert_eq!(found, [block(0, &["one"])], "bit flipped at {position}");
    }
}
