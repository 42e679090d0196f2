//! Reading the lines of an export, and checking them: their order, their counts, each object's SHA-256.

use std::{
    io::{BufRead, ErrorKind, Read},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::FORMAT;
use crate::failure::{Failure, Outcome};

/// The longest line: a part of an object in base64, with room.
const LINE_MAX: u64 = 16 << 20;

/// What a file holds, in order.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    /// A record.
    Item(Value),
    /// An object, and its first bytes.
    Object { key: String, data: Vec<u8> },
    /// Its next bytes.
    More(Vec<u8>),
    /// It is whole.
    Whole,
    /// It went away before it was whole.
    Void,
}

/// Reads an export.
pub(crate) struct Reader<R> {
    input: R,
    path: PathBuf,
    /// Of the head; 0 before it.
    format: u64,
    line: u64,
    /// The digest of the object that is being read.
    open: Option<Sha256>,
    /// A line that ended an object of format 1, to be read again.
    kept: Option<Value>,
    items: u64,
    objects: u64,
}

impl<R: BufRead> Reader<R> {
    pub(crate) fn new(input: R, path: &Path) -> Self {
        Self { input, path: path.to_owned(), format: 0, line: 0, open: None, kept: None, items: 0, objects: 0 }
    }

    /// The next piece; `None` at the end, when all that the file counts has come.
    pub(crate) fn next(&mut self) -> Outcome<Option<Piece>> {
        if self.format == 0 {
            self.head()?;
        }
        let value = match self.kept.take() {
            Some(value) => value,
            None => self.value()?,
        };
        if let Some(data) = value["more"].as_str() {
            let data = self.bytes(data)?;
            return if self.take(&data) { Ok(Some(Piece::More(data))) } else { Err(self.wrong("a part of no object")) };
        }
        if let Some(sha256) = value["sha256"].as_str() {
            let Some(digest) = self.open.take() else { return Err(self.wrong("the SHA-256 of no object")) };
            if hex::encode(digest.finalize()) != sha256 {
                return Err(self.wrong("the object before it is damaged: it has another SHA-256"));
            }
            self.objects += 1;
            return Ok(Some(Piece::Whole));
        }
        if value.get("void").is_some() {
            return if self.open.take().is_some() { Ok(Some(Piece::Void)) } else { Err(self.wrong("the end of no object")) };
        }
        if self.open.take().is_some() {
            if self.format > 1 {
                return Err(self.wrong("the object before it has no end"));
            }
            self.objects += 1;
            self.kept = Some(value);
            return Ok(Some(Piece::Whole));
        }
        self.beginning(value)
    }

    fn head(&mut self) -> Outcome {
        match self.value()?["kraken"].as_u64() {
            Some(format @ 1..=FORMAT) => {
                self.format = format;
                Ok(())
            }
            Some(later) => Err(self.wrong(&format!("it is of format {later}, of which this version reads 1 to {FORMAT}: use a later one"))),
            None => Err(self.wrong("it does not begin with {\"kraken\": …}")),
        }
    }

    fn beginning(&mut self, mut value: Value) -> Outcome<Option<Piece>> {
        if let Some(item) = value.get_mut("item") {
            self.items += 1;
            return Ok(Some(Piece::Item(item.take())));
        }
        if let (Some(key), Some(data)) = (value["object"].as_str(), value["data"].as_str()) {
            let data = self.bytes(data)?;
            self.open = Some(Sha256::new());
            self.take(&data);
            return Ok(Some(Piece::Object { key: key.to_owned(), data }));
        }
        let Some(end) = value.get("end") else { return Err(self.wrong("it is neither a record nor an object")) };
        if end["items"] != self.items || end["objects"] != self.objects {
            return Err(self.wrong("the end counts other records or objects than came"));
        }
        match self.input.fill_buf() {
            Ok([]) => Ok(None),
            Ok(_) => Err(self.wrong("the file goes on after its end")),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// Adds to the digest of the open object; `false` if there is none.
    fn take(&mut self, data: &[u8]) -> bool {
        self.open.as_mut().map(|digest| digest.update(data)).is_some()
    }

    fn value(&mut self) -> Outcome<Value> {
        let mut line = Vec::new();
        let read = (&mut self.input).take(LINE_MAX).read_until(b'\n', &mut line);
        let read = read.map_err(|error| self.broken(&error))?;
        self.line += 1;
        match line.last() {
            Some(b'\n') => serde_json::from_slice(&line).map_err(|error| self.wrong(&format!("it is not JSON: {error}"))),
            _ if read as u64 == LINE_MAX => Err(self.wrong(&format!("it is longer than {LINE_MAX} bytes"))),
            _ => Err(self.cut()),
        }
    }

    fn bytes(&self, data: &str) -> Outcome<Vec<u8>> {
        STANDARD.decode(data).map_err(|error| self.wrong(&format!("its data is not base64: {error}")))
    }

    fn broken(&self, error: &std::io::Error) -> Failure {
        match error.kind() {
            ErrorKind::UnexpectedEof => self.cut(),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => self.wrong(&format!("it is damaged, or not packed with gzip: {error}")),
            _ => Failure::Other(format!("cannot read {}: {error}", self.path.display())),
        }
    }

    fn cut(&self) -> Failure {
        Failure::invalid(format!(
            "{} was cut off after line {}: its end is missing. Copy it, or export, anew",
            self.path.display(),
            self.line
        ))
    }

    fn wrong(&self, why: &str) -> Failure {
        Failure::invalid(format!("{} is not an export that can be read, at line {}: {why}", self.path.display(), self.line))
    }
}
