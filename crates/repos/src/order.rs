//! The order of commits: none before its parents, and otherwise by time.

use std::collections::{BinaryHeap, HashMap, HashSet};

use gix_hash::ObjectId;

use crate::objects::Objects;

/// The commits that are here and that `newest` stands on, `but` and what is not here left out: the newest `most` of them, oldest first; and
/// whether there were more.
pub(crate) fn oldest_first(objects: &Objects, newest: ObjectId, but: Option<ObjectId>, most: usize) -> (Vec<ObjectId>, bool) {
    let mut parents: HashMap<ObjectId, (i64, Vec<ObjectId>)> = HashMap::new();
    let mut open = vec![newest];
    while let Some(id) = open.pop() {
        if Some(id) == but || parents.contains_key(&id) {
            continue;
        }
        let Some(commit) = objects.commit(&id) else { continue };
        let of: Vec<_> = commit.parents().collect();
        open.extend(of.iter().copied());
        parents.insert(id, (commit.time().map_or(0, |time| time.seconds), of));
    }
    let mut children: HashMap<ObjectId, usize> = HashMap::new();
    for parent in parents.values().flat_map(|(_, of)| of) {
        *children.entry(*parent).or_default() += 1;
    }
    let mut ready = BinaryHeap::new();
    let mut seen = HashSet::new();
    if let Some((time, _)) = parents.get(&newest) {
        ready.push((*time, newest));
    }
    let mut ordered = Vec::new();
    while let Some((_, id)) = ready.pop() {
        if ordered.len() == most {
            break;
        }
        if !seen.insert(id) {
            continue;
        }
        ordered.push(id);
        let Some((_, of)) = parents.get(&id) else { continue };
        for parent in of {
            let Some(left) = children.get_mut(parent) else { continue };
            *left = left.saturating_sub(1);
            if let (0, Some((time, _))) = (*left, parents.get(parent)) {
                ready.push((*time, *parent));
            }
        }
    }
    let more = parents.len() > ordered.len();
    ordered.reverse();
    (ordered, more)
}
