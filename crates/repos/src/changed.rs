//! Which paths differ between two folders of a repository.

use std::collections::{BTreeMap, BTreeSet};

use gix_hash::ObjectId;
use gix_object::{bstr::BString, tree::EntryMode};

use crate::{objects::Objects, until::Until};

/// Paths of one commit that are listed.
const PATHS_MAX: usize = 1_000;
/// Folders within folders that are gone into.
const DEPTH_MAX: usize = 100;
/// Entries that are compared for one commit: a few small folders can pretend to be endlessly many.
const ENTRIES_MAX: usize = 300_000;
/// Bytes of a usual entry: a folder of more than what is left is not even read.
const ENTRY_BYTES: usize = 40;
/// Entries that are compared for all commits of a look.
const ENTRIES_OF_ALL_MAX: usize = 3_000_000;

/// The paths that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) added: Vec<String>,
    pub(crate) modified: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// There are more.
    pub(crate) cut: bool,
}

/// Compares folders; notes those that are needed for it and not here.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    pub(crate) objects: &'a Objects,
    pub(crate) missing: BTreeSet<ObjectId>,
    left: usize,
    left_of_all: usize,
    until: &'a Until,
}

type Entries = BTreeMap<BString, (EntryMode, ObjectId)>;

impl<'a> Comparison<'a> {
    pub(crate) fn of(objects: &'a Objects, until: &'a Until) -> Self {
        Self { objects, missing: BTreeSet::new(), left: ENTRIES_MAX, left_of_all: ENTRIES_OF_ALL_MAX, until }
    }

    /// What `new` has that `old` has not, and the other way round; `None` is nothing at all.
    pub(crate) fn changed(&mut self, old: Option<ObjectId>, new: Option<ObjectId>) -> Changed {
        self.left = self.left_of_all.min(ENTRIES_MAX);
        let left = self.left;
        let mut changed = Changed::default();
        self.compare(old, new, "", 0, &mut changed);
        self.left_of_all -= left - self.left;
        changed
    }

    fn entries(&mut self, id: Option<ObjectId>) -> Option<Entries> {
        let Some(id) = id else { return Some(Entries::new()) };
        if self.objects.get(&id).is_some_and(|object| object.data.len() > self.left.saturating_mul(ENTRY_BYTES)) {
            return None;
        }
        let Some(tree) = self.objects.tree(&id) else {
            self.missing.insert(id);
            return None;
        };
        Some(tree.entries.into_iter().map(|entry| (entry.filename.to_owned(), (entry.mode, entry.oid.to_owned()))).collect())
    }

    fn compare(&mut self, old: Option<ObjectId>, new: Option<ObjectId>, above: &str, depth: usize, changed: &mut Changed) {
        if old == new {
            return;
        }
        if depth > DEPTH_MAX || self.left == 0 || self.until.is_over() {
            changed.cut = true;
            return;
        }
        // Also a folder without entries costs something.
        self.left -= 1;
        let (Some(was), Some(mut is)) = (self.entries(old), self.entries(new)) else {
            changed.cut = true;
            return;
        };
        let count = was.len() + is.len();
        if count > self.left {
            changed.cut = true;
            return;
        }
        self.left -= count;
        for (name, before) in was {
            let after = is.remove(&name);
            self.differ(&format!("{above}{name}"), Some(before), after, depth, changed);
        }
        for (name, after) in is {
            self.differ(&format!("{above}{name}"), None, Some(after), depth, changed);
        }
    }

    /// A file and a folder of the same name are two things: one goes, the other comes.
    fn differ(
        &mut self,
        path: &str,
        before: Option<(EntryMode, ObjectId)>,
        after: Option<(EntryMode, ObjectId)>,
        depth: usize,
        changed: &mut Changed,
    ) {
        if before == after {
            return;
        }
        let folder = |entry: Option<(EntryMode, ObjectId)>| entry.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id);
        let is_file = |entry: Option<(EntryMode, ObjectId)>| entry.is_some_and(|(mode, _)| !mode.is_tree());
        match (is_file(before), is_file(after)) {
            (true, true) => note(&mut changed.modified, &mut changed.cut, path),
            (true, false) => note(&mut changed.removed, &mut changed.cut, path),
            (false, true) => note(&mut changed.added, &mut changed.cut, path),
            (false, false) => {}
        }
        let (old, new) = (folder(before), folder(after));
        if old.is_some() || new.is_some() {
            self.compare(old, new, &format!("{path}/"), depth + 1, changed);
        }
    }
}

fn note(paths: &mut Vec<String>, cut: &mut bool, path: &str) {
    if paths.len() < PATHS_MAX {
        paths.push(path.to_owned());
    } else {
        *cut = true;
    }
}
