//! Turns the parts of an upload into an object: the parts' files become the body as they are, nothing is copied.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::objects::{self, Condition, check};
use super::rows::{Content, Entry, Object};
use super::uploads::{PartEntry, find_upload, forget, parts};
use super::{CatalogueError, Effects, How};
use crate::s3::digests::multipart_etag;

/// The highest number of a part.
pub(crate) const MAX_PART_NUMBER: u32 = 10_000;

/// S3's least size of all parts but the last.
const MIN_PART_BYTES: u64 = 5 * 1024 * 1024;

/// A part as the client names it.
#[derive(Clone, Debug)]
pub(crate) struct CompletedPart {
    pub(crate) number: u32,
    /// Without quotes; compared if given.
    pub(crate) etag: Option<String>,
}

/// How to complete an upload.
#[derive(Clone, Debug)]
pub(crate) struct Completion {
    pub(crate) upload: String,
    pub(crate) parts: Vec<CompletedPart>,
    /// The size of the whole, compared if given.
    pub(crate) size: Option<u64>,
    pub(crate) condition: Condition,
    pub(crate) modified_ms: i64,
}

/// The object that came of it.
#[derive(Clone, Debug)]
pub(crate) struct Completed {
    /// Without quotes.
    pub(crate) etag: String,
}

impl Completion {
    /// Makes the object. Completing an upload once more answers as the first time, for clients that lost the answer.
    pub(crate) fn run(self, connection: &Connection, effects: &mut Effects, object: (&str, &str)) -> Result<Completed, CatalogueError> {
        let mut attributes = match find_upload(connection, &self.upload, object) {
            Ok(attributes) => attributes,
            Err(CatalogueError::NoSuchUpload) => return self.repeated(connection, object),
            Err(e) => return Err(e),
        };
        check(connection, object.0, object.1, &self.condition)?;
        let mut uploaded: BTreeMap<u32, PartEntry> =
            parts(connection, &self.upload, 0, usize::MAX)?.into_iter().map(|part| (part.number, part)).collect();
        let chosen = self.choose(&mut uploaded)?;
        for unused in uploaded.values() {
            objects::release(connection, effects, &unused.pieces)?;
        }
        let size = chosen.iter().map(|part| part.size).sum();
        if let Some(expected) = self.size.filter(|expected| *expected != size) {
            return Err(CatalogueError::SizeMismatch { expected, found: size });
        }
        let etag = multipart_etag(chosen.iter().map(|part| part.etag.as_str()))
            .ok_or_else(|| CatalogueError::Storage(format!("a part of upload {} has a damaged ETag", self.upload)))?;
        attributes.upload = Some(self.upload.clone());
        let pieces = chosen.into_iter().flat_map(|part| part.pieces).collect();
        let entry = Entry { size, etag: etag.clone(), modified_ms: self.modified_ms, attributes };
        objects::replace(connection, effects, object, &Object { entry, content: Content::Pieces(pieces) }, How::CompleteMultipartUpload)?;
        forget(connection, &self.upload)?;
        Ok(Completed { etag })
    }

    /// Takes the named parts out of those uploaded.
    fn choose(&self, uploaded: &mut BTreeMap<u32, PartEntry>) -> Result<Vec<PartEntry>, CatalogueError> {
        if !self.parts.is_sorted_by(|before, after| before.number < after.number) {
            return Err(CatalogueError::InvalidPartOrder);
        }
        let mut chosen = Vec::with_capacity(self.parts.len());
        for (at, wanted) in self.parts.iter().enumerate() {
            let part = uploaded.remove(&wanted.number).ok_or(CatalogueError::InvalidPart(wanted.number))?;
            if wanted.etag.as_ref().is_some_and(|etag| *etag != part.etag) {
                return Err(CatalogueError::InvalidPart(wanted.number));
            }
            if at + 1 < self.parts.len() && part.size < MIN_PART_BYTES {
                return Err(CatalogueError::PartTooSmall { number: part.number, size: part.size, least: MIN_PART_BYTES });
            }
            chosen.push(part);
        }
        Ok(chosen)
    }

    fn repeated(&self, connection: &Connection, (bucket, key): (&str, &str)) -> Result<Completed, CatalogueError> {
        match objects::find(connection, bucket, key) {
            Ok(entry) if entry.attributes.upload.as_ref() == Some(&self.upload) => Ok(Completed { etag: entry.etag }),
            Ok(_) | Err(CatalogueError::NoSuchKey) => Err(CatalogueError::NoSuchUpload),
            Err(e) => Err(e),
        }
    }
}
