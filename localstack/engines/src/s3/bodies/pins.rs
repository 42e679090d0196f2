//! Which files someone is still reading, so that replacing an object never cuts off a download of it.
//!
//! A body of one file needs no pin: its reader holds the file open. A body of many pieces opens them one by one and
//! holds pins meanwhile. The reader pins first and then looks at the catalogue again: if the row still names these
//! files, every later removal finds the pin.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Bodies, FileId};

/// The readers of each pinned file, and the files whose removal waits for them.
#[derive(Default)]
pub(super) struct Pins {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    readers: HashMap<FileId, usize>,
    waiting: HashSet<FileId>,
}

impl Pins {
    pub(super) fn hold(&self, files: &[FileId]) {
        let mut state = self.lock();
        for id in files {
            *state.readers.entry(*id).or_default() += 1;
        }
    }

    /// Gives up one hold of each file. Returns those whose removal waited for it.
    fn release(&self, files: &[FileId]) -> Vec<FileId> {
        let mut state = self.lock();
        let mut free = Vec::new();
        for id in files {
            let Some(count) = state.readers.get_mut(id) else { continue };
            *count -= 1;
            if *count == 0 {
                state.readers.remove(id);
                if state.waiting.remove(id) {
                    free.push(*id);
                }
            }
        }
        free
    }

    /// Is the file being read? Then its removal is noted for the last reader to ask for again.
    pub(super) fn defers(&self, id: FileId) -> bool {
        let mut state = self.lock();
        let held = state.readers.contains_key(&id);
        if held {
            state.waiting.insert(id);
        }
        held
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Counters stay true when a holder of the lock panics: each change is one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hold on files; gone with this value.
pub(crate) struct Pin {
    pub(super) files: Vec<FileId>,
    pub(super) bodies: Bodies,
}

impl Drop for Pin {
    fn drop(&mut self) {
        for id in self.bodies.pins.release(&self.files) {
            self.bodies.discard(id);
        }
    }
}

#[cfg(test)]
mod tests;
