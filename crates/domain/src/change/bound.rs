//! Cutting changes until they fit.

use serde::Serialize;

use super::{CHANGES_BYTES_MAX, CHANGES_MAX, COMMITS_MAX, Change, Commit};

/// Bytes that the note of what was cut may take.
const NOTE_BYTES: usize = 300;

impl Change {
    /// The change, cut until it has at most `max` bytes as JSON: first long messages, then lists of paths, then the oldest commits.
    ///
    /// Below some 20 KB the fields that are never cut may not fit.
    #[must_use]
    pub fn bounded(mut self, max: usize) -> Self {
        let mut dropped = self.commits.len().saturating_sub(COMMITS_MAX);
        self.commits.drain(..dropped);
        let max = max.saturating_sub(NOTE_BYTES);
        let mut cut = Cut::default();
        for (message, paths) in [(usize::MAX, usize::MAX), (2_000, 200), (500, 50), (200, 10), (200, 0), (80, 0)] {
            self.commits.iter_mut().for_each(|commit| cut.shorten(commit, message, paths));
            if self.bytes() <= max {
                break;
            }
        }
        self.add_note(cut.note());
        if self.bytes() > max
            && let Some(pull) = &mut self.pull_request
        {
            pull.labels.truncate(10);
        }
        while self.bytes() > max && !self.commits.is_empty() {
            // A quarter at a time: measuring is not free.
            let some = self.commits.len().div_ceil(4);
            self.commits.drain(..some);
            dropped += some;
        }
        if dropped > 0 {
            self.add_note(Some(format!("{dropped} older commits are left out")));
        }
        self
    }

    /// The changes of one flow, cut until all of them together fit beside it.
    pub fn all_bounded(mut changes: Vec<Self>) -> Vec<Self> {
        let dropped = changes.len().saturating_sub(CHANGES_MAX);
        changes.truncate(CHANGES_MAX);
        // What is small leaves its room to the others.
        let mut room = CHANGES_BYTES_MAX;
        let mut order: Vec<usize> = (0..changes.len()).collect();
        order.sort_by_key(|at| changes[*at].bytes());
        for (done, at) in order.iter().enumerate() {
            let share = room / (order.len() - done);
            changes[*at] = std::mem::take(&mut changes[*at]).bounded(share);
            room = room.saturating_sub(changes[*at].bytes());
        }
        if dropped > 0
            && let Some(last) = changes.last_mut()
        {
            last.add_note(Some(format!("{dropped} changes of other repositories are left out")));
        }
        changes
    }

    /// How many bytes it has as JSON.
    pub fn bytes(&self) -> usize {
        bytes(self)
    }

    fn add_note(&mut self, note: Option<String>) {
        let Some(note) = note else { return };
        self.note = Some(match self.note.take() {
            Some(known) => format!("{known}; {note}"),
            None => note,
        });
    }
}

/// Texts and numbers always serialise; if they did not, they would fit nowhere.
fn bytes(of: &impl Serialize) -> usize {
    serde_json::to_vec(of).map_or(usize::MAX, |bytes| bytes.len())
}

/// What had to be cut.
#[derive(Default)]
struct Cut {
    messages: bool,
    paths: bool,
}

impl Cut {
    fn shorten(&mut self, commit: &mut Commit, message: usize, paths: usize) {
        let shorter = shortened(&commit.message, message);
        self.messages |= shorter != commit.message;
        commit.message = shorter;
        for list in [&mut commit.added, &mut commit.modified, &mut commit.removed] {
            if list.len() > paths {
                list.truncate(paths);
                commit.paths_cut = true;
                self.paths = true;
            }
        }
    }

    fn note(&self) -> Option<String> {
        match (self.messages, self.paths) {
            (true, true) => Some("long messages and lists of paths are cut".to_owned()),
            (true, false) => Some("long messages are cut".to_owned()),
            (false, true) => Some("lists of paths are cut".to_owned()),
            (false, false) => None,
        }
    }
}

/// The text, with `…` at its end if it had to be cut to `max` characters.
pub(super) fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let kept = text.char_indices().nth(max.saturating_sub(1)).map_or(0, |(at, _)| at);
            format!("{}…", &text[..kept])
        }
    }
}
