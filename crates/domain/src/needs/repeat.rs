//! Repeating jobs in order: what waits for others waits for their repetitions.

use super::{Graph, Progress, Slot};
use crate::job::Outcome;

/// What is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The progress with it.
    pub next: Progress,
    /// The slots whose jobs are repeated, each after all that it needs, and whether the new job is held.
    pub jobs: Vec<(u32, bool)>,
}

/// Why a job cannot be repeated: one that it needs did not end well, and is not repeated with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrepeatable {
    /// The job's slot.
    pub slot: u32,
    /// The slot of the one that it needs.
    pub need: u32,
    /// How that one ended.
    pub outcome: Outcome,
}

impl Progress {
    /// Decides about repeating the jobs of the slots `wanted`, and with them those of `along` that nothing keeps from it.
    ///
    /// # Errors
    /// [`Unrepeatable`] when one of `wanted` would wait for something that is over and will not come.
    pub fn repeat(&self, graph: &Graph, wanted: &[u32], along: &[u32]) -> Result<Repeat, Unrepeatable> {
        let mut repeat = Repeat { next: self.clone(), jobs: Vec::with_capacity(wanted.len() + along.len()) };
        let mut slots: Vec<(u32, bool)> = wanted.iter().map(|slot| (*slot, true)).chain(along.iter().map(|slot| (*slot, false))).collect();
        slots.sort_by_key(|(slot, wanted)| (graph.place(*slot), !wanted));
        slots.dedup_by_key(|(slot, _)| *slot);
        for (slot, is_wanted) in slots {
            let Some(job) = graph.job_of(slot) else {
                repeat.jobs.push((slot, false));
                continue;
            };
            match repeat.next.failing(graph, job) {
                Some((need, outcome)) if is_wanted => return Err(Unrepeatable { slot, need, outcome }),
                Some(_) => {}
                None => {
                    let held = !repeat.next.is_met(graph, job);
                    repeat.next.set(slot, if held { Slot::Held } else { Slot::Free });
                    repeat.jobs.push((slot, held));
                }
            }
        }
        Ok(repeat)
    }
}
