//! The room that an answer has for lines of a log.
//!
//! Invariant: what was taken fits into an answer of a function, whatever bytes the lines have; and the first line always is taken, so that
//! whoever asks again after the last one gets on.

use kraken_protocol::{
    answer::{ANSWER_BYTES_MAX, escaped_twice_bytes},
    api::LogLine,
};

/// Bytes for a line's number, its time, and what stands around them, twice escaped.
const AROUND_BYTES: usize = 160;
/// What a page has for its lines: enough for 10,000 short ones, and soon on screen.
const PAGE_BYTES: usize = 3 << 20;
/// A line that is cut ends with this.
const CUT: &str = " … (this line is longer: the download has all of it)";

/// What is left.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    bytes: usize,
}

impl Room {
    /// The line, if there is room for it. The first one is cut if it has to be.
    pub(super) fn take(&mut self, mut line: LogLine) -> Option<LogLine> {
        let bytes = AROUND_BYTES + escaped_twice_bytes(line.text.as_bytes());
        if self.bytes == 0 && bytes > ANSWER_BYTES_MAX / 2 {
            cut(&mut line.text, ANSWER_BYTES_MAX / 2);
        } else if self.bytes > 0 && self.bytes + bytes > PAGE_BYTES {
            return None;
        }
        self.bytes += bytes;
        Some(line)
    }
}

/// Cuts `text` so that it has at most `most` bytes, twice escaped, and says so.
fn cut(text: &mut String, most: usize) {
    let (mut bytes, mut end) = (0, 0);
    for (at, character) in text.char_indices() {
        bytes += escaped_twice_bytes(character.encode_utf8(&mut [0; 4]).as_bytes());
        if bytes > most {
            break;
        }
        end = at + character.len_utf8();
    }
    text.truncate(end);
    text.push_str(CUT);
}

#[cfg(test)]
mod tests;
