//! Packet lines: the frames of git's protocol (<https://git-scm.com/docs/protocol-common>).

use gix_packetline::{
    PacketLineRef,
    decode::{Stream, streaming},
};

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Content.
    Data(&'a [u8]),
    /// The end of a part of a message.
    Delimiter,
    /// The end of a message.
    Flush,
}

/// The frames of a message, in their order.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub(crate) fn next(&mut self) -> Result<Option<Line<'a>>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        match streaming(self.rest) {
            Ok(Stream::Complete { line, bytes_consumed }) => {
                self.rest = &self.rest[bytes_consumed..];
                Ok(Some(match line {
                    PacketLineRef::Data(data) => Line::Data(data),
                    PacketLineRef::Delimiter => Line::Delimiter,
                    PacketLineRef::Flush | PacketLineRef::ResponseEnd => Line::Flush,
                }))
            }
            Ok(Stream::Incomplete { .. }) => Err("its answer ends within a line".to_owned()),
            Err(_) => Err("its answer is not made of packet lines".to_owned()),
        }
    }
}

/// A line of text, without the end that it may have.
pub(crate) fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data.strip_suffix(b"\n").unwrap_or(data)).into_owned()
}

/// A message to a host, frame by frame.
#[derive(Debug, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    /// Adds a line of text. Ours are short: a branch's name at most.
    pub(crate) fn line(mut self, text: &str) -> Self {
        self.0.extend_from_slice(format!("{:04x}{text}\n", text.len() + 5).as_bytes());
        self
    }

    /// Ends a part.
    pub(crate) fn delimiter(mut self) -> Self {
        self.0.extend_from_slice(b"0001");
        self
    }

    /// Ends the message.
    pub(crate) fn flush(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"0000");
        self.0
    }
}
