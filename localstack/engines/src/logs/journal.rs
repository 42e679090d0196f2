//! The journal of what isn't sealed yet: an append is acknowledged when it is in here, on disk.
//!
//! A journal is a row of frames `length, checksum, payload`, each payload a block: the length of its lines and that of
//! its text, then its lines and its text, packed where that pays: the disk is slower than the packing. Invariant: what follows the last whole frame was never
//! acknowledged, and is cut off when the journal is opened.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::block::Block;

/// Bytes before each payload: its length and its CRC-32, both little-endian.
const HEADER: usize = 8;

/// Longer payloads are never written, so a length above it is damage.
const MAX_PAYLOAD: usize = 64 * 1024 * 1024;

/// Bytes of text from which on packing pays.
const WORTH_PACKING: usize = 1024;

/// A journal open for appending.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
    buffer: Vec<u8>,
    packer: zstd::bulk::Compressor<'static>,
}

impl Journal {
    /// Starts a journal, in place of one that nothing was ever written to. The caller syncs the directory.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        let file = File::create(&path)?;
        Self::at(path, file, 0)
    }

    /// Opens a journal, hands each of its blocks to `each`, and cuts off what is torn.
    pub(super) fn replay(path: PathBuf, mut each: impl FnMut(Block)) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        let size = file.metadata()?.len();
        let mut length = 0;
        let mut reader = BufReader::new(&file);
        while let Some((block, bytes)) = next(&mut reader)? {
            length += bytes;
            each(block);
        }
        if length < size {
            tracing::warn!(path = %path.display(), cut_bytes = size - length, "cut what was never acknowledged off the log journal");
            file.set_len(length)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(length))?;
        Self::at(path, file, length)
    }

    fn at(path: PathBuf, file: File, length: u64) -> io::Result<Self> {
        Ok(Self { path, file, length, buffer: Vec::new(), packer: zstd::bulk::Compressor::new(1)? })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a frame, to be written by [`commit`](Self::commit).
    pub(super) fn add(&mut self, block: &Block) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(&[0; HEADER]);
        let lines = block.encode();
        let packed = if block.text.len() < WORTH_PACKING { None } else { self.packer.compress(&block.text).ok() };
        let packed = packed.filter(|packed| packed.len() < block.text.len());
        for length in [lines.len(), block.text.len()] {
            self.buffer.extend_from_slice(&(length as u32).to_le_bytes());
        }
        self.buffer.extend_from_slice(&lines);
        self.buffer.extend_from_slice(packed.as_deref().unwrap_or(&block.text));
        let payload = &self.buffer[start + HEADER..];
        let (length, checksum) = (payload.len() as u32, crc32fast::hash(payload));
        self.buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
        self.buffer[start + 4..start + HEADER].copy_from_slice(&checksum.to_le_bytes());
    }

    /// Writes what was added and returns when it is on disk.
    ///
    /// After an error nothing of it counts: what was written is taken back. Where even that fails, or where the disk
    /// may have lost what it had taken, the error is [`Commit::Broken`] and the journal must not be used again.
    pub(super) fn commit(&mut self) -> Result<(), Commit> {
        let written = self.file.write_all(&self.buffer);
        let added = self.buffer.len() as u64;
        self.buffer.clear();
        // One huge append must not hold its memory for ever.
        self.buffer.shrink_to(4 * 1024 * 1024);
        if let Err(error) = written {
            let back = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            return Err(back.map_or_else(Commit::Broken, |_| Commit::Refused(error)));
        }
        self.file.sync_data().map_err(Commit::Broken)?;
        self.length += added;
        Ok(())
    }
}

/// Why a commit failed.
#[derive(Debug)]
pub(super) enum Commit {
    /// Nothing was written: the disk is full, say. Later appends may succeed.
    Refused(io::Error),
    /// What is on disk is not known.
    Broken(io::Error),
}

/// The next whole frame and its size, or `None` at the end or where it is torn.
fn next(reader: &mut impl Read) -> io::Result<Option<(Block, u64)>> {
    let mut header = [0; HEADER];
    if !fill(reader, &mut header)? {
        return Ok(None);
    }
    let [length, checksum] = [&header[..4], &header[4..]].map(number);
    if length as usize > MAX_PAYLOAD {
        return Ok(None);
    }
    let mut payload = vec![0; length as usize];
    if !fill(reader, &mut payload)? || crc32fast::hash(&payload) != checksum {
        return Ok(None);
    }
    Ok(block(&payload).map(|block| (block, HEADER as u64 + u64::from(length))))
}

fn block(payload: &[u8]) -> Option<Block> {
    let (head, rest) = payload.split_at_checked(8)?;
    let [lines, unpacked] = [&head[..4], &head[4..]].map(|bytes| number(bytes) as usize);
    let (lines, text) = rest.split_at_checked(lines)?;
    let text = match unpacked {
        same if same == text.len() => text.to_vec(),
        unpacked if unpacked <= MAX_PAYLOAD => zstd::bulk::decompress(text, unpacked).ok()?,
        _ => return None,
    };
    Block::decode(lines, text)
}

/// Whether `buffer` could be filled; `false` when the file ends before.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests;
