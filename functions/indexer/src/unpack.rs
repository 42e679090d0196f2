//! A stored log, line by line: fetched in ranges, unpacked a little at a time.
//!
//! Invariant: never more in memory than one range, [`UNPACKED_BYTES`] of lines and one line over it, however well a log was packed.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use kraken_cloud::{ObjectError, Objects};
use kraken_protocol::log::LINE_BYTES_MAX;

/// Bytes that are fetched at once.
const RANGE_BYTES: u64 = 4 << 20;

/// Packed bytes that are unpacked before it is looked how much came of them: at most a thousand times as many.
const BITE_BYTES: usize = 4 << 10;

/// Lines are handed on when they have so many bytes.
const UNPACKED_BYTES: usize = 1 << 20;

/// A log being read.
pub(crate) struct Unpacking {
    objects: Objects,
    key: String,
    /// Where the next range begins.
    offset: u64,
    /// Whether no range follows.
    last_range: bool,
    state: Option<Box<State>>,
}

struct State {
    decoder: MultiGzDecoder<Vec<u8>>,
    packed: Bytes,
    /// How much of what is unpacked was looked through without finding the end of a line.
    searched: usize,
    /// Why nothing more can be unpacked.
    broken: Option<String>,
}

/// Why there are no more lines.
#[derive(Debug)]
pub(crate) enum UnpackError {
    Objects(ObjectError),
    Damaged(String),
}

/// Lines without their ends.
pub(crate) type Lines = Vec<Vec<u8>>;

impl Unpacking {
    pub(crate) fn new(objects: Objects, key: &str) -> Self {
        let state = State { decoder: MultiGzDecoder::new(Vec::new()), packed: Bytes::new(), searched: 0, broken: None };
        Self { objects, key: key.to_owned(), offset: 0, last_range: false, state: Some(Box::new(state)) }
    }

    /// Fetches the first range; `false` if there is no such log.
    pub(crate) async fn open(&mut self) -> Result<bool, ObjectError> {
        let range = match self.objects.get_range(&self.key, 0, RANGE_BYTES).await {
            Ok(Some(range)) => range,
            Ok(None) => return Ok(false),
            Err(error) if is_past_the_end(&error) => Bytes::new(),
            Err(error) => return Err(error),
        };
        self.count(&range);
        if let Some(state) = &mut self.state {
            state.packed = range;
        }
        Ok(true)
    }

    /// How many packed bytes there are, if all of them were fetched.
    pub(crate) fn size(&self) -> Option<u64> {
        self.last_range.then_some(self.offset)
    }

    fn count(&mut self, range: &Bytes) {
        self.offset += range.len() as u64;
        self.last_range = (range.len() as u64) < RANGE_BYTES;
    }

    /// The next lines; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Lines>, UnpackError> {
        loop {
            let Some(mut state) = self.state.take() else { return Ok(None) };
            if let Some(reason) = state.broken {
                return Err(UnpackError::Damaged(reason));
            }
            if state.packed.is_empty() && !self.last_range {
                state.packed = self.range().await?;
            }
            let ends = self.last_range;
            let unpacking = tokio::task::spawn_blocking(move || {
                let lines = state.bite(ends);
                (state, lines)
            });
            let (state, lines) = unpacking.await.map_err(|error| UnpackError::Damaged(error.to_string()))?;
            if state.broken.is_some() || !ends || !state.packed.is_empty() {
                self.state = Some(state);
            }
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
    }

    async fn range(&mut self) -> Result<Bytes, UnpackError> {
        let range = match self.objects.get_range(&self.key, self.offset, RANGE_BYTES).await {
            Ok(Some(range)) => range,
            Ok(None) => return Err(UnpackError::Damaged("it is not there any more".to_owned())),
            // Its end is where a range ended.
            Err(error) if self.offset > 0 && is_past_the_end(&error) => Bytes::new(),
            Err(error) => return Err(UnpackError::Objects(error)),
        };
        self.count(&range);
        Ok(range)
    }
}

impl State {
    /// Unpacks until there is enough, or nothing left. `ends`: nothing follows what is packed.
    fn bite(&mut self, ends: bool) -> Lines {
        let unpacked = self.unpack(ends);
        if let Err(error) = &unpacked {
            self.broken = Some(error.to_string());
        }
        let over = unpacked.is_err() || ends && self.packed.is_empty();
        self.lines(over)
    }

    fn unpack(&mut self, ends: bool) -> io::Result<()> {
        while !self.packed.is_empty() && self.decoder.get_ref().len() < UNPACKED_BYTES {
            let bite = self.packed.split_to(BITE_BYTES.min(self.packed.len()));
            self.decoder.write_all(&bite)?;
        }
        if ends && self.packed.is_empty() { self.decoder.try_finish() } else { Ok(()) }
    }

    /// Takes the whole lines out of what is unpacked; at the end, the last one too. Longer lines than a log may have are cut.
    fn lines(&mut self, over: bool) -> Lines {
        let unpacked = self.decoder.get_mut();
        let mut lines = Vec::new();
        let mut begin = 0;
        while let Some(length) = memchr::memchr(b'\n', &unpacked[begin.max(self.searched)..]) {
            let end = begin.max(self.searched) + length;
            lines.push(line(&unpacked[begin..end]));
            begin = end + 1;
        }
        unpacked.drain(..begin);
        if !unpacked.is_empty() && (over || unpacked.len() > LINE_BYTES_MAX) {
            lines.push(line(unpacked));
            unpacked.clear();
        }
        self.searched = unpacked.len();
        lines
    }
}

/// Whether the store has nothing from there on: an object without bytes has no range at all.
fn is_past_the_end(error: &ObjectError) -> bool {
    matches!(error, ObjectError::Refused { detail, .. } if detail.contains("InvalidRange"))
}

fn line(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    bytes[..bytes.len().min(LINE_BYTES_MAX)].to_vec()
}

#[cfg(test)]
mod tests;
