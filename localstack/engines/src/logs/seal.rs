//! Turns what a journal holds into a segment.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::block::Block;
use super::bloom;
use super::origins::Origins;
use super::segment::{BlockIndex, Index, MAGIC, Segment, path_of};
use super::words::{Field, each_word, exact};

/// zstd's own default: beyond it, time grows faster than anything shrinks.
const COMPRESSION: i32 = 3;

/// The ending of a file that is being written.
pub(super) const UNFINISHED: &str = "unfinished";

/// The ending of a segment.
pub(super) const SEGMENT: &str = "segment";

/// Writes `blocks`, which are not empty and follow each other, as a segment into `directory`; returns when it is on
/// disk and in its place. A failure leaves nothing but a file that the next attempt replaces.
pub(super) fn seal(directory: &Path, blocks: &[Arc<Block>]) -> io::Result<Segment> {
    seal_as(directory, blocks, SEGMENT)
}

/// The same for blocks that have the entries of an earlier segment, beside it.
pub(super) fn seal_anew(directory: &Path, blocks: &[Arc<Block>], earlier: &Segment) -> io::Result<Segment> {
    seal_as(directory, blocks, &format!("{}.{SEGMENT}", earlier.rewritten() + 1))
}

fn seal_as(directory: &Path, blocks: &[Arc<Block>], ending: &str) -> io::Result<Segment> {
    let first = blocks.first().map_or(0, |block| block.first);
    let next = blocks.last().map_or(0, |block| block.first + block.lines.len() as u64);
    let unfinished = path_of(directory, first, UNFINISHED);
    let mut output = Output { file: BufWriter::with_capacity(256 * 1024, File::create(&unfinished)?), offset: 0 };
    let mut words = Words::default();
    let mut origins = Origins::default();
    let mut packer = zstd::bulk::Compressor::new(COMPRESSION)?;
    let mut indexes = Vec::with_capacity(blocks.len());
    for block in blocks {
        indexes.push(write_block(&mut output, &mut packer, block)?);
        note_words(&mut words, block);
        origins.note_block(block);
    }
    let filter = bloom::build(words.into_iter());
    let origins = origins.sorted();
    let index = Index { entries: (first, next), filter: (output.offset, filter.len() as u64), blocks: indexes, origins };
    output.write(&filter)?;
    let encoded = serde_json::to_vec(&index)?;
    output.write(&encoded)?;
    output.write(&(encoded.len() as u32).to_le_bytes())?;
    output.write(&crc32fast::hash(&encoded).to_le_bytes())?;
    output.write(&MAGIC)?;
    output.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;

    let path = path_of(directory, first, ending);
    std::fs::rename(&unfinished, &path)?;
    sync_directory(directory)?;
    Ok(Segment::new(path, index))
}

/// Makes the names in `directory` durable.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

struct Output {
    file: BufWriter<File>,
    offset: u64,
}

impl Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        self.file.write_all(bytes)
    }
}

fn write_block(output: &mut Output, packer: &mut zstd::bulk::Compressor<'_>, block: &Block) -> io::Result<BlockIndex> {
    let offset = output.offset;
    let lines = block.encode();
    let packed_lines = packer.compress(&lines)?;
    let packed_text = packer.compress(&block.text)?;
    let mut checksum = crc32fast::Hasher::new();
    for part in [&packed_lines, &packed_text] {
        checksum.update(part);
        output.write(part)?;
    }
    Ok(BlockIndex {
        offset,
        lines: (packed_lines.len() as u32, lines.len() as u32),
        text: (packed_text.len() as u32, block.text.len() as u32),
        checksum: checksum.finalize(),
        times: block.times(),
    })
}

fn note_words(words: &mut Words, block: &Block) {
    for context in &block.contexts {
        let source = &context.source;
        words.insert(exact(Field::Service, &source.service));
        let ids = [(Field::Flow, &source.flow), (Field::Run, &source.run), (Field::Job, &source.job)];
        let ids = ids.into_iter().chain([(Field::Step, &source.step), (Field::Agent, &source.agent)]);
        let ids = ids.chain([(Field::Project, &source.project), (Field::Branch, &source.branch)]);
        words.extend(ids.filter_map(|(field, id)| id.as_deref().map(|id| exact(field, id))));
    }
    // Most words of a log come again and again; a table that stays in the nearest cache spares the set most of them.
    let mut recent = [0; RECENT];
    each_word(&block.text, |word| {
        let slot = &mut recent[word as usize % RECENT];
        if *slot != word {
            *slot = word;
            words.insert(word);
        }
    });
}

/// Words remembered while a block's are collected: 16 KiB.
const RECENT: usize = 2048;

/// A set of hashes, which need no further hashing.
type Words = HashSet<u64, BuildHasherDefault<AsItIs>>;

#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        // Only ever asked for 64-bit numbers; anything else still gives a valid, poor hash.
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
