//! Unpacks what a host sends: every object once, bases before what is written as a difference to them.
//!
//! Nothing in a pack is trusted: neither how large it says that an object is, nor what a difference makes of its base.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use gix_pack::{
    cache::DecodeEntry,
    data::{Entry, File, decode::entry::ResolvedBase},
};
use gix_zlib::Inflate;

use crate::objects::{Object, Objects, SHA1};

/// Why a pack was not unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PackError {
    /// More bytes than may be held.
    TooLarge,
    /// It cannot be read.
    Damaged(String),
}

fn damaged(error: impl std::fmt::Display) -> PackError {
    PackError::Damaged(error.to_string())
}

/// What has been unpacked, by where its bytes begin in the pack.
#[derive(Default)]
struct Unpacked(HashMap<u64, Object>);

impl DecodeEntry for Unpacked {
    fn put(&mut self, _pack: u32, _offset: u64, _data: &[u8], _kind: Kind, _compressed: usize) {}

    fn get(&mut self, _pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let object = self.0.get(&offset)?;
        out.clear();
        out.extend_from_slice(&object.data);
        Some((object.kind, 0))
    }
}

/// Adds the objects of `pack` to those that are here, of which they may be differences; at most `most` bytes in all.
pub(crate) fn unpack(pack: &[u8], objects: &mut Objects, most: usize) -> Result<(), PackError> {
    verify(pack)?;
    let file = File::from_data(pack, PathBuf::new(), SHA1).map_err(damaged)?.with_alloc_limit_bytes(Some(most));
    let (mut inflate, mut out) = (Inflate::default(), Vec::new());
    let mut unpacked = Unpacked::default();
    let (mut waiting, mut raw): (Vec<Entry>, usize) = (Vec::new(), 0);
    let mut offset = 12;
    for _ in 0..file.num_objects() {
        let entry = file.entry(offset).map_err(damaged)?;
        let size = usize::try_from(entry.decompressed_size).map_err(|_| PackError::TooLarge)?;
        raw = raw.saturating_add(size);
        if raw > most {
            return Err(PackError::TooLarge);
        }
        out.clear();
        out.resize(size, 0);
        let consumed = file.decompress_entry(&entry, &mut inflate, &mut out).map_err(damaged)?;
        offset = entry.data_offset + consumed as u64;
        match entry.header.as_kind() {
            Some(kind) => add(objects, &mut unpacked, entry.data_offset, kind, &out, most)?,
            None => waiting.push(entry),
        }
    }
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut still = Vec::new();
        let mut why = None;
        for entry in waiting {
            let at = entry.data_offset;
            let resolved = {
                let resolve = |id: &oid, out: &mut Vec<u8>| {
                    Ok(objects.get(id).map(|base| {
                        out.clear();
                        out.extend_from_slice(&base.data);
                        ResolvedBase::OutOfPack { kind: base.kind, end: base.data.len() }
                    }))
                };
                file.decode_entry(entry.clone(), &mut out, &mut inflate, &resolve, &mut unpacked)
            };
            match resolved {
                Ok(outcome) => {
                    let size = usize::try_from(outcome.object_size).map_err(|_| PackError::TooLarge)?;
                    let data = out.get(..size).ok_or_else(|| damaged("a difference is shorter than it says"))?;
                    add(objects, &mut unpacked, at, outcome.kind, data, most)?;
                }
                // Its base may come behind it.
                Err(error) => {
                    why = Some(error.to_string());
                    still.push(entry);
                }
            }
        }
        if still.len() == before {
            return Err(PackError::Damaged(why.unwrap_or_default()));
        }
        waiting = still;
    }
    Ok(())
}

fn add(objects: &mut Objects, unpacked: &mut Unpacked, offset: u64, kind: Kind, data: &[u8], most: usize) -> Result<(), PackError> {
    if objects.bytes().saturating_add(data.len()) > most {
        return Err(PackError::TooLarge);
    }
    let id: ObjectId = gix_object::compute_hash(SHA1, kind, data).map_err(damaged)?;
    let object = Object { kind, data: Arc::from(data) };
    unpacked.0.insert(offset, object.clone());
    objects.put(id, object);
    Ok(())
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
