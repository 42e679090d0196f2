//! The objects that a look has fetched.

use std::{collections::HashMap, sync::Arc};

use gix_hash::{Kind as HashKind, ObjectId};
use gix_object::{CommitRef, Kind, TreeRef};

/// The hash that names objects.
pub(crate) const SHA1: HashKind = HashKind::Sha1;

/// An object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) data: Arc<[u8]>,
}

/// Objects by their names.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    by_id: HashMap<ObjectId, Object>,
    bytes: usize,
}

impl Objects {
    /// Bytes of all.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn put(&mut self, id: ObjectId, object: Object) {
        let len = object.data.len();
        if self.by_id.insert(id, object).is_none() {
            self.bytes += len;
        }
    }

    pub(crate) fn get(&self, id: &gix_hash::oid) -> Option<&Object> {
        self.by_id.get(id)
    }

    /// A commit, if it is here and is one.
    pub(crate) fn commit(&self, id: &ObjectId) -> Option<CommitRef<'_>> {
        let object = self.get(id).filter(|object| object.kind == Kind::Commit)?;
        CommitRef::from_bytes(&object.data, SHA1).ok()
    }

    /// A folder, if it is here and is one.
    pub(crate) fn tree(&self, id: &gix_hash::oid) -> Option<TreeRef<'_>> {
        let object = self.get(id).filter(|object| object.kind == Kind::Tree)?;
        TreeRef::from_bytes(&object.data, SHA1).ok()
    }
}
