//! A sealed segment: compressed blocks, the filter of their words, and an index of both at the end.
//!
//! ```text
//! block*            each: its lines, then its text, two zstd frames
//! filter            see `bloom`
//! index             JSON, so that later versions can add to it
//! trailer           length and CRC-32 of the index (little-endian), magic
//! ```
//!
//! Invariant: a segment never changes. It is written beside its place and renamed into it, so that it is whole or absent.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::block::Block;
use super::bloom;

pub(super) const MAGIC: [u8; 8] = *b"KRKNLOG1";

/// Bytes of the trailer.
pub(super) const TRAILER: usize = 16;

/// No block is larger when unpacked: one full of lines, and one entry more.
const MAX_UNPACKED: u32 = 64 * 1024 * 1024;

/// Where a block lies and what can be known without unpacking it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BlockIndex {
    /// Where its first byte lies in the file.
    pub(super) offset: u64,
    /// Packed and unpacked bytes of its lines, then of its text.
    pub(super) lines: (u32, u32),
    pub(super) text: (u32, u32),
    /// CRC-32 of its packed bytes.
    pub(super) checksum: u32,
    /// Earliest and latest time in it, in nanoseconds.
    pub(super) times: (i64, i64),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Index {
    /// The number of the first entry, and that of the first entry after the segment.
    pub(super) entries: (u64, u64),
    /// Where the filter begins, and its bytes.
    pub(super) filter: (u64, u64),
    pub(super) blocks: Vec<BlockIndex>,
    /// The numbers within their origins that the entries have: origin, first, one after the last; sorted.
    #[serde(default)]
    pub(super) origins: Vec<(u64, u64, u64)>,
}

/// A segment that can be searched. Holds the index in memory and opens the file for each search.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) index: Index,
    /// Another was written in its place: its file goes with the last that reads it.
    superseded: AtomicBool,
}

impl Drop for Segment {
    fn drop(&mut self) {
        if *self.superseded.get_mut()
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            // The next start removes it.
            tracing::warn!(path = %self.path.display(), %error, "cannot remove a log segment that was written anew");
        }
    }
}

impl Segment {
    /// The segment at `path` with that index.
    pub(super) fn new(path: PathBuf, index: Index) -> Self {
        Self { path, index, superseded: AtomicBool::new(false) }
    }

    /// Another one has its entries now.
    pub(super) fn supersede(&self) {
        self.superseded.store(true, Ordering::Relaxed);
    }

    /// How often it was written anew, by its name.
    pub(super) fn rewritten(&self) -> u32 {
        let stem = self.path.file_stem().and_then(|stem| stem.to_str());
        stem.and_then(|stem| stem.split_once('.')).and_then(|(_, times)| times.parse().ok()).unwrap_or(0)
    }

    /// Reads the index of the segment at `path`.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let file = File::open(&path)?;
        let size = file.metadata()?.len();
        let mut trailer = [0; TRAILER];
        let end = size.checked_sub(TRAILER as u64).ok_or_else(|| damaged("it is too short"))?;
        file.read_exact_at(&mut trailer, end)?;
        let [length, checksum] = [0, 4].map(|at| u32::from_le_bytes([trailer[at], trailer[at + 1], trailer[at + 2], trailer[at + 3]]));
        if trailer[8..] != MAGIC {
            return Err(damaged("it does not end as a log segment does"));
        }
        let start = end.checked_sub(length.into()).ok_or_else(|| damaged("its index is longer than it"))?;
        let mut index = vec![0; length as usize];
        file.read_exact_at(&mut index, start)?;
        if crc32fast::hash(&index) != checksum {
            return Err(damaged("the checksum of its index is wrong"));
        }
        let index: Index = serde_json::from_slice(&index).map_err(|error| damaged(&format!("its index: {error}")))?;
        Ok(Self::new(path, index))
    }

    /// Earliest and latest time in it.
    pub(super) fn times(&self) -> (i64, i64) {
        let times = self.index.blocks.iter().map(|block| block.times);
        times.fold((i64::MAX, i64::MIN), |all, block| (all.0.min(block.0), all.1.max(block.1)))
    }

    /// Opens the file, to read more than once.
    pub(super) fn reader(&self) -> io::Result<SegmentReader<'_>> {
        Ok(SegmentReader { segment: self, file: File::open(&self.path)? })
    }
}

/// An open segment.
pub(super) struct SegmentReader<'a> {
    segment: &'a Segment,
    file: File,
}

impl SegmentReader<'_> {
    /// Whether the segment may hold all of `words`. `false` is certain.
    pub(super) fn may_hold(&self, words: &[u64]) -> io::Result<bool> {
        let (offset, length) = self.segment.index.filter;
        let blocks = length / bloom::BLOCK_BYTES as u64;
        for &word in words {
            let mut block = [0; bloom::BLOCK_BYTES];
            self.file.read_exact_at(&mut block, offset + bloom::block_of(word, blocks) * bloom::BLOCK_BYTES as u64)?;
            if !bloom::claims(&block, word) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Unpacks block `number`, if its text is `worth` it.
    pub(super) fn block(&self, number: usize, scratch: &mut Scratch, worth: impl FnOnce(&[u8]) -> bool) -> io::Result<Option<Block>> {
        let index = &self.segment.index.blocks[number];
        scratch.packed.resize((index.lines.0 + index.text.0) as usize, 0);
        self.file.read_exact_at(&mut scratch.packed, index.offset)?;
        if crc32fast::hash(&scratch.packed) != index.checksum {
            return Err(damaged(&format!("the checksum of block {number} is wrong")));
        }
        let (lines, text) = scratch.packed.split_at(index.lines.0 as usize);
        unpack(&mut scratch.unpacker, text, index.text.1, &mut scratch.text)?;
        if !worth(&scratch.text) {
            return Ok(None);
        }
        let mut unpacked = Vec::new();
        unpack(&mut scratch.unpacker, lines, index.lines.1, &mut unpacked)?;
        match Block::decode(&unpacked, scratch.text.clone()) {
            Some(block) => Ok(Some(block)),
            None => Err(damaged(&format!("block {number} makes no sense"))),
        }
    }
}

/// What unpacking needs again and again, kept from block to block.
pub(super) struct Scratch {
    packed: Vec<u8>,
    text: Vec<u8>,
    unpacker: zstd::bulk::Decompressor<'static>,
}

impl Scratch {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { packed: Vec::new(), text: Vec::new(), unpacker: zstd::bulk::Decompressor::new()? })
    }
}

fn unpack(unpacker: &mut zstd::bulk::Decompressor<'_>, packed: &[u8], unpacked: u32, into: &mut Vec<u8>) -> io::Result<()> {
    if unpacked > MAX_UNPACKED {
        return Err(damaged("a block is too large"));
    }
    into.clear();
    into.reserve(unpacked as usize);
    unpacker.decompress_to_buffer(packed, into).map(drop)
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The path of the segment, or with another ending of the journal, whose first entry has the number `first`.
pub(super) fn path_of(directory: &Path, first: u64, ending: &str) -> PathBuf {
    directory.join(format!("{first:020}.{ending}"))
}
