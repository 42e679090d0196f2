//! Lines out of a descriptor, with a limit on their length.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::unistd::read;

/// Bytes asked for at once.
const CHUNK: usize = 64 << 10;

/// What was read and not yet handed out.
#[derive(Default)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    /// Where the first line not yet handed out begins.
    start: usize,
    /// Up to where there is certainly no line feed.
    searched: usize,
    /// In the middle of a line that was too long.
    skipping: bool,
}

/// A line as it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'buffer> {
    /// Without its line feed.
    Whole(&'buffer [u8]),
    /// A line that was longer than the limit: the first bytes of it.
    TooLong(Vec<u8>),
}

/// What a descriptor had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Some bytes.
    Some,
    /// None just now.
    Empty,
    /// None ever again.
    End,
}

impl Lines {
    /// Reads once.
    pub(crate) fn fill(&mut self, fd: impl AsFd) -> io::Result<Fill> {
        if self.start > 0 && self.start == self.buffer.len() {
            self.buffer.clear();
            (self.start, self.searched) = (0, 0);
        } else if self.start > CHUNK {
            self.buffer.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
        }
        let length = self.buffer.len();
        self.buffer.resize(length + CHUNK, 0);
        let outcome = read(fd, &mut self.buffer[length..]);
        self.buffer.truncate(length + outcome.unwrap_or(0));
        match outcome {
            Ok(0) => Ok(Fill::End),
            Ok(_) => Ok(Fill::Some),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(Fill::Empty),
            Err(error) => Err(error.into()),
        }
    }

    /// The next whole line, if there is one.
    pub(crate) fn next(&mut self, limit: usize) -> Option<Line<'_>> {
        loop {
            let found = self.buffer[self.searched..].iter().position(|&byte| byte == b'\n').map(|at| self.searched + at);
            let Some(end) = found else {
                self.searched = self.buffer.len();
                return self.cut(limit);
            };
            let start = std::mem::replace(&mut self.start, end + 1);
            self.searched = end + 1;
            if !std::mem::take(&mut self.skipping) {
                return Some(Line::Whole(&self.buffer[start..end]));
            }
        }
    }

    /// Gives up a line that grew beyond the limit without an end.
    fn cut(&mut self, limit: usize) -> Option<Line<'_>> {
        if self.buffer.len() - self.start <= limit {
            return None;
        }
        let beginning = self.buffer[self.start..].iter().copied().take(100).collect();
        self.buffer.clear();
        (self.start, self.searched) = (0, 0);
        (!std::mem::replace(&mut self.skipping, true)).then_some(Line::TooLong(beginning))
    }
}

#[cfg(test)]
mod tests;
