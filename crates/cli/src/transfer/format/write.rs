//! Writing the lines of an export.

use std::io::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::FORMAT;

/// Writes an export, and counts what it writes.
pub(crate) struct Writer<W> {
    out: W,
    digest: Sha256,
    /// Records so far.
    pub(crate) items: u64,
    /// Whole objects so far.
    pub(crate) objects: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl<W: Write> Writer<W> {
    pub(crate) fn begin(out: W) -> io::Result<Self> {
        let mut writer = Self { out, digest: Sha256::new(), items: 0, objects: 0, bytes: 0 };
        writer.line(&json!({"kraken": FORMAT}))?;
        Ok(writer)
    }

    pub(crate) fn item(&mut self, item: &Value) -> io::Result<()> {
        self.items += 1;
        self.line(&json!({"item": item}))
    }

    /// An object, and its first bytes.
    pub(crate) fn object(&mut self, key: &str, data: &[u8]) -> io::Result<()> {
        self.digest = Sha256::new();
        let line = json!({"object": key, "data": self.taken(data)});
        self.line(&line)
    }

    /// Its next bytes.
    pub(crate) fn more(&mut self, data: &[u8]) -> io::Result<()> {
        let line = json!({"more": self.taken(data)});
        self.line(&line)
    }

    /// The object was whole.
    pub(crate) fn whole(&mut self) -> io::Result<()> {
        self.objects += 1;
        let sha256 = hex::encode(self.digest.finalize_reset());
        self.line(&json!({"sha256": sha256}))
    }

    /// The object went away before it was whole.
    pub(crate) fn void(&mut self, key: &str) -> io::Result<()> {
        self.line(&json!({"void": key}))
    }

    /// All was written.
    pub(crate) fn end(mut self) -> io::Result<W> {
        let end = json!({"end": {"items": self.items, "objects": self.objects}});
        self.line(&end)?;
        Ok(self.out)
    }

    fn taken(&mut self, data: &[u8]) -> String {
        self.digest.update(data);
        self.bytes += data.len() as u64;
        STANDARD.encode(data)
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }
}
