//! The lines that the job of row 5 prints: 100 bytes each, all different, of words as logs have them.
//!
//! Invariant: line `n` is the same whoever makes it, so that what was stored can be compared with what was printed.

use std::io::{self, BufWriter, Write};

/// Bytes of a line, its end included.
pub(crate) const LINE_BYTES: usize = 100;

const WORDS: [&str; 16] = [
    "compiling",
    "linking",
    "warning:",
    "src/main.c",
    "error",
    "test",
    "passed",
    "in",
    "0.04s",
    "download",
    "module",
    "--release",
    "cache",
    "skipped",
    "target",
    "ok",
];

/// Line `number`, with its end.
pub(crate) fn line(number: u64, into: &mut Vec<u8>) {
    into.clear();
    // A splitmix step: the words look like chance and are not.
    let mut state = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    into.extend_from_slice(b"[0000000]");
    let mut left = number;
    for place in (1..8).rev() {
        into[place] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    while into.len() < LINE_BYTES - 1 {
        into.push(b' ');
        into.extend_from_slice(WORDS[(state >> 60) as usize].as_bytes());
        state = state.rotate_left(4);
    }
    into.truncate(LINE_BYTES - 1);
    into.push(b'\n');
}

/// Prints lines 0 to `count`.
pub(crate) fn print(count: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let mut text = Vec::with_capacity(LINE_BYTES * 2);
    for number in 0..count {
        line(number, &mut text);
        out.write_all(&text)?;
    }
    out.flush()
}

/// Compares a stream of lines with what was printed.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Lines that were as they must be.
    pub(crate) right: u64,
    /// Lines that were anything else, or out of their turn.
    pub(crate) wrong: u64,
    begun: Vec<u8>,
    expected: Vec<u8>,
}

impl Comparison {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(part);
            if self.begun.last() == Some(&b'\n') {
                line(self.right + self.wrong, &mut self.expected);
                if self.begun == self.expected {
                    self.right += 1
                } else {
                    self.wrong += 1
                }
                self.begun.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests;
