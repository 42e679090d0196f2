//! Who waits for whom, and whether that ever ends. Each question is answered in one walk, however long the chains are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Names, each with those that it waits for.
pub(super) type Waits = BTreeMap<String, Vec<String>>;

/// The shortest way from `from` to `to` over what each waits for, both included; `None` where there is none.
pub(super) fn way<'w>(to: &str, from: &'w str, waits: &'w Waits) -> Option<Vec<&'w str>> {
    let mut came_from: BTreeMap<&str, Option<&'w str>> = BTreeMap::from([(from, None)]);
    let mut next = VecDeque::from([from]);
    while let Some(name) = next.pop_front() {
        if name == to {
            let mut way: Vec<&str> = std::iter::successors(Some(name), |name| came_from.get(name).copied().flatten()).collect();
            way.reverse();
            return Some(way);
        }
        for further in waits.get(name).into_iter().flatten() {
            if !came_from.contains_key(further.as_str()) {
                came_from.insert(further, Some(name));
                next.push_back(further);
            }
        }
    }
    None
}

/// Those that are never done: whoever waits for itself, over however many others, or for somebody who does.
pub(super) fn never_done(waits: &Waits) -> BTreeSet<&str> {
    let mut waited_for_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, others) in waits {
        // Who waits for what does not exist is another problem.
        let real = others.iter().filter(|other| waits.contains_key(*other));
        open.insert(name, real.clone().count());
        real.for_each(|other| waited_for_by.entry(other).or_default().push(name));
    }
    let mut done: Vec<&str> = open.iter().filter(|(_, open)| **open == 0).map(|(name, _)| *name).collect();
    while let Some(name) = done.pop() {
        for waiting in waited_for_by.get(name).into_iter().flatten() {
            if let Some(left) = open.get_mut(waiting) {
                *left -= 1;
                if *left == 0 {
                    done.push(waiting);
                }
            }
        }
    }
    open.into_iter().filter(|(_, open)| *open > 0).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests;
