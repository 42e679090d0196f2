//! Unpacks what a host sends: every object once, bases before what is written as a difference to them.
//!
//! Nothing in a pack is trusted: neither how large it says that an object is, nor what a difference makes of its base.

mod delta;

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use gix_hash::ObjectId;
use gix_pack::data::{Entry, File, entry::Header};
use gix_zlib::Inflate;

use crate::{
    objects::{Object, Objects, SHA1},
    until::Until,
};

/// Why a pack was not unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PackError {
    /// More bytes than may be held.
    TooLarge,
    /// More objects than may be held.
    TooMany,
    /// The look is over.
    TimedOut,
    /// It cannot be read.
    Damaged(String),
}

/// What may be held, with what is here already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    pub(crate) bytes: usize,
    pub(crate) objects: usize,
}

fn damaged(error: impl std::fmt::Display) -> PackError {
    PackError::Damaged(error.to_string())
}

/// What a difference is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Base {
    /// What begins there in the pack.
    At(u64),
    /// An object of that name, wherever it is.
    Named(ObjectId),
}

/// A pack that is being unpacked.
struct Unpacking<'a> {
    file: File<&'a [u8]>,
    objects: &'a mut Objects,
    most: Most,
    until: &'a Until,
    /// Bytes of all objects that were here or made, also of those that were made twice.
    made: usize,
    /// Differences, by what they are to: each is looked at once, when that is there.
    waiting: HashMap<Base, Vec<Entry>>,
    /// Objects that are there, and which may be waited for.
    there: Vec<(Option<u64>, ObjectId, Object)>,
    inflate: Inflate,
    raw: Vec<u8>,
}

/// Adds the objects of `pack` to those that are here, of which they may be differences.
pub(crate) fn unpack(pack: &[u8], objects: &mut Objects, most: Most, until: &Until) -> Result<(), PackError> {
    verify(pack)?;
    let file = File::from_data(pack, PathBuf::new(), SHA1).map_err(damaged)?.with_alloc_limit_bytes(Some(most.bytes));
    let count = usize::try_from(file.num_objects()).unwrap_or(usize::MAX);
    if objects.len().saturating_add(count) > most.objects {
        return Err(PackError::TooMany);
    }
    let made = objects.bytes();
    let (waiting, there) = (HashMap::new(), Vec::new());
    let mut unpacking = Unpacking { file, objects, most, until, made, waiting, there, inflate: Inflate::default(), raw: Vec::new() };
    unpacking.whole_ones(count)?;
    unpacking.differences()
}

impl Unpacking<'_> {
    /// Takes over what is written whole, and notes all else.
    fn whole_ones(&mut self, count: usize) -> Result<(), PackError> {
        let (mut offset, mut raw) = (12, 0_usize);
        for _ in 0..count {
            let entry = self.file.entry(offset).map_err(damaged)?;
            raw = raw.saturating_add(usize::try_from(entry.decompressed_size).map_err(|_| PackError::TooLarge)?);
            if raw > self.most.bytes {
                return Err(PackError::TooLarge);
            }
            let consumed = self.inflated(&entry)?;
            offset = entry.data_offset + consumed as u64;
            let base = match entry.header {
                Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance).map(Base::At),
                Header::RefDelta { base_id } => Some(Base::Named(base_id)),
                Header::Commit | Header::Tree | Header::Blob | Header::Tag => None,
            };
            match (entry.header.as_kind(), base) {
                (Some(kind), _) => {
                    let data = Arc::from(self.raw.as_slice());
                    self.add(entry.pack_offset(), Object { kind, data })?;
                }
                (None, Some(base)) => self.waiting.entry(base).or_default().push(entry),
                (None, None) => return Err(damaged("a difference is to nothing")),
            }
        }
        Ok(())
    }

    /// Makes of differences what they are, once each, as what they are to comes.
    fn differences(&mut self) -> Result<(), PackError> {
        let here: Vec<_> = self
            .waiting
            .keys()
            .filter_map(|base| match base {
                Base::Named(id) => self.objects.get(id).map(|object| (None, *id, object.clone())),
                Base::At(_) => None,
            })
            .collect();
        self.there.extend(here);
        while let Some((at, id, base)) = self.there.pop() {
            let named = self.waiting.remove(&Base::Named(id)).unwrap_or_default();
            let placed = at.and_then(|at| self.waiting.remove(&Base::At(at))).unwrap_or_default();
            for entry in named.into_iter().chain(placed) {
                self.inflated(&entry)?;
                let room = self.most.bytes.saturating_sub(self.made);
                let data = delta::applied(&base.data, &self.raw, room).map_err(damaged)?.ok_or(PackError::TooLarge)?;
                self.add(entry.pack_offset(), Object { kind: base.kind, data: Arc::from(data) })?;
            }
        }
        if self.waiting.is_empty() { Ok(()) } else { Err(damaged("what a difference is to is missing")) }
    }

    /// Reads the bytes of an entry into `raw`; gives how many it has in the pack.
    fn inflated(&mut self, entry: &Entry) -> Result<usize, PackError> {
        if self.until.is_over() {
            return Err(PackError::TimedOut);
        }
        let size = usize::try_from(entry.decompressed_size).map_err(|_| PackError::TooLarge)?;
        self.raw.clear();
        self.raw.resize(size, 0);
        self.file.decompress_entry(entry, &mut self.inflate, &mut self.raw).map_err(damaged)
    }

    fn add(&mut self, offset: u64, object: Object) -> Result<(), PackError> {
        self.made = self.made.saturating_add(object.data.len());
        if self.made > self.most.bytes {
            return Err(PackError::TooLarge);
        }
        let id: ObjectId = gix_object::compute_hash(SHA1, object.kind, &object.data).map_err(damaged)?;
        self.objects.put(id, object.clone());
        self.there.push((Some(offset), id, object));
        Ok(())
    }
}

/// A pack ends with the hash of all before.
fn verify(pack: &[u8]) -> Result<(), PackError> {
    let at = pack.len().checked_sub(SHA1.len_in_bytes()).ok_or_else(|| damaged("the pack is cut off"))?;
    let (content, said) = pack.split_at(at);
    let mut hasher = gix_hash::hasher(SHA1);
    hasher.update(content);
    let is = hasher.try_finalize().map_err(damaged)?;
    if is.as_slice() == said { Ok(()) } else { Err(damaged("the pack is cut off or damaged")) }
}

#[cfg(test)]
mod tests;
