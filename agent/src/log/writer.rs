//! Lines → members → spool, with the index that says which lines are where.
//!
//! One pass over the bytes: they are compressed as they come, so a line of 200 MB or a million short ones need the same memory.
//! Invariant: the index's members cover the spool from its first byte without a hole, and its lines from the first without a gap.

use std::{fs::File, io, path::Path};

use jiff::Timestamp;
use kraken_protocol::log::{LINE_BYTES_MAX, LINES_PER_MEMBER, LOG_OBJECT, LogIndex, MEMBER_BYTES_MAX, Member, StepMark};
use memchr::memchr;

use super::{member::Gzip, sidecar::Sidecar};

/// Changes of time closer than this are not noted.
const TIMES_APART_MS: i64 = 100;

/// Writes one job's log to its spool.
pub struct LogWriter {
    gzip: Gzip<File>,
    sidecar: Sidecar,
    /// Members name [`LOG_OBJECT`], whose bytes are the spool's.
    index: LogIndex,
    open: Option<Open>,
    /// Bytes of the line that has not ended yet. 0: the next byte begins a line.
    line_bytes: usize,
}

/// The member that grows.
struct Open {
    member: Member,
    bytes: u64,
    last_noted_ms: i64,
}

/// A log as it is at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The index of the members that have ended; `bytes` and `lines` count the growing one too.
    pub index: LogIndex,
    /// The member that grows.
    pub open: Option<OpenMember>,
    /// The spool's length in bytes.
    pub spool_bytes: u64,
}

/// A member that grows, as it is at one moment.
#[derive(Clone, Debug)]
pub struct OpenMember {
    /// Its place in the spool, without `closing`.
    pub member: Member,
    /// What makes a whole gzip member of those bytes.
    pub closing: [u8; 10],
}

impl LogWriter {
    /// Begins an empty log at `path`.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self::continued(path, File::create(path)?, LogIndex::default()))
    }

    /// Goes on with a log of which `index` says what the spool holds; `file` is at its end.
    pub(super) fn continued(path: &Path, file: File, index: LogIndex) -> Self {
        Self { gzip: Gzip::new(file), sidecar: Sidecar::beside(path), index, open: None, line_bytes: 0 }
    }

    /// Takes bytes that were read at `at`.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn write(&mut self, bytes: &[u8], at: Timestamp) -> io::Result<()> {
        // `bytes[run..pos]` is looked through but not yet compressed.
        let (mut run, mut pos) = (0, 0);
        while pos < bytes.len() {
            if self.line_bytes == 0 {
                self.begin_line(at);
            }
            let rest = &bytes[pos..];
            let room = LINE_BYTES_MAX - self.line_bytes;
            match memchr(b'\n', &rest[..rest.len().min(room + 1)]) {
                Some(length) => {
                    pos += length + 1;
                    self.line_bytes = 0;
                    if self.is_full((pos - run) as u64) {
                        self.add(&bytes[run..pos])?;
                        self.close_member()?;
                        run = pos;
                    }
                }
                None if rest.len() > room => {
                    pos += room;
                    self.add(&bytes[run..pos])?;
                    run = pos;
                    self.line_bytes = LINE_BYTES_MAX;
                    self.end_line()?;
                }
                None => {
                    pos = bytes.len();
                    self.line_bytes += rest.len();
                }
            }
        }
        if run < pos { self.add(&bytes[run..pos]) } else { Ok(()) }
    }

    /// Ends the line that has begun, if one has, so that what follows stands on a line of its own.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn end_line(&mut self) -> io::Result<()> {
        if self.line_bytes == 0 {
            return Ok(());
        }
        self.line_bytes = 0;
        self.add(b"\n")?;
        if self.is_full(0) { self.close_member() } else { Ok(()) }
    }

    /// Notes that the output of step `step` begins here.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn begin_step(&mut self, step: u32, at: Timestamp) -> io::Result<()> {
        self.end_line()?;
        self.index.steps.push(StepMark { step, first_line: self.index.lines, at });
        Ok(())
    }

    /// Writes all lines so far to the spool and says where they are.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn snapshot(&mut self) -> io::Result<Snapshot> {
        let mut spool_bytes = self.ended_bytes();
        let open = match &self.open {
            None => None,
            Some(open) => {
                let length = self.gzip.sync()?;
                spool_bytes += length;
                Some(OpenMember { member: Member { length, ..open.member.clone() }, closing: self.gzip.closing() })
            }
        };
        self.sidecar.keep(&self.index)?;
        Ok(Snapshot { index: self.index.clone(), open, spool_bytes })
    }

    /// Ends the log. A log without lines is one empty member, so that it can be unpacked like any other.
    ///
    /// # Errors
    /// When the spool cannot be written.
    pub fn finish(mut self) -> io::Result<Snapshot> {
        if self.open.is_some() {
            self.close_member()?;
        }
        let mut spool_bytes = self.ended_bytes();
        if self.index.members.is_empty() {
            self.gzip.begin();
            spool_bytes = self.gzip.end()?;
        }
        self.index.complete = true;
        Ok(Snapshot { index: self.index, open: None, spool_bytes })
    }

    fn begin_line(&mut self, at: Timestamp) {
        let open = self.open.get_or_insert_with(|| {
            self.gzip.begin();
            let offset = self.index.members.last().map_or(0, |last| last.offset + last.length);
            let first_line = self.index.lines;
            let object = LOG_OBJECT.to_owned();
            let member = Member { object, offset, length: 0, first_line, lines: 0, from: at, to: at, times: Vec::new() };
            Open { member, bytes: 0, last_noted_ms: 0 }
        });
        if at > open.member.to {
            open.member.to = at;
            let ms = at.as_millisecond() - open.member.from.as_millisecond();
            if ms - open.last_noted_ms >= TIMES_APART_MS {
                open.last_noted_ms = ms;
                open.member.times.push((open.member.lines, ms.unsigned_abs()));
            }
        }
        open.member.lines += 1;
        self.index.lines += 1;
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(open) = &mut self.open {
            open.bytes += bytes.len() as u64;
        }
        self.index.bytes += bytes.len() as u64;
        self.gzip.add(bytes)
    }

    /// Whether the growing member ends with the line that just ended, `pending` bytes of which are still to be added.
    fn is_full(&self, pending: u64) -> bool {
        self.open.as_ref().is_some_and(|open| open.member.lines >= LINES_PER_MEMBER || open.bytes + pending >= MEMBER_BYTES_MAX as u64)
    }

    fn close_member(&mut self) -> io::Result<()> {
        if let Some(mut open) = self.open.take() {
            open.member.length = self.gzip.end()?;
            self.index.members.push(open.member);
            self.sidecar.keep(&self.index)?;
        }
        Ok(())
    }

    fn ended_bytes(&self) -> u64 {
        self.index.members.last().map_or(0, |last| last.offset + last.length)
    }
}

#[cfg(test)]
mod tests;
