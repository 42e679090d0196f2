//! Taking in what ended: who may run now, and who never will.

use super::{Graph, Progress, Slot};
use crate::job::Outcome;

/// What follows from jobs that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The progress with all of it.
    pub next: Progress,
    /// Slots whose jobs may run now.
    pub release: Vec<u32>,
    /// Slots whose jobs end without having run, each after those that it is ended because of.
    pub end: Vec<Unmet>,
}

/// A job that cannot run because of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Its slot.
    pub slot: u32,
    /// The slot of the job that it needs.
    pub need: u32,
    /// How that one ended.
    pub outcome: Outcome,
}

/// Why a job is looked at: one that it needs ended.
struct Look {
    job: usize,
    because: Option<(u32, Outcome)>,
}

impl Progress {
    /// Takes in that the newest jobs of these slots ended. Taken in twice, it is the same as once.
    ///
    /// Costs what depends on the jobs that ended, not what the run has; but each look at a job counts its open needs.
    #[must_use]
    pub fn settle(&self, graph: &Graph, ended: &[(u32, Outcome)]) -> Settled {
        let mut settled = Settled { next: self.clone(), release: Vec::new(), end: Vec::new() };
        let mut looks = Vec::new();
        for (slot, outcome) in ended {
            settled.next.set(*slot, Slot::Ended(*outcome));
        }
        for (slot, outcome) in ended {
            looks.extend(looks_after(graph, *slot, *outcome));
        }
        let mut at = 0;
        while let Some(Look { job, because }) = looks.get(at) {
            let (job, because) = (*job, *because);
            at += 1;
            let held: Vec<u32> = graph.slots_of(job).filter(|slot| settled.next.slot(*slot) == Slot::Held).collect();
            if held.is_empty() {
                continue;
            }
            if let Some((need, outcome)) = because {
                for slot in held {
                    settled.next.set(slot, Slot::Ended(Outcome::Cancelled));
                    settled.end.push(Unmet { slot, need, outcome });
                    looks.extend(looks_after(graph, slot, Outcome::Cancelled));
                }
            } else if settled.next.is_met(graph, job) {
                held.iter().for_each(|slot| settled.next.set(*slot, Slot::Free));
                settled.release.extend(held);
            }
        }
        settled
    }
}

fn looks_after(graph: &Graph, slot: u32, outcome: Outcome) -> impl Iterator<Item = Look> + '_ {
    let dependents = graph.job_of(slot).map(|at| graph.dependents_of(at)).unwrap_or_default();
    let because = (!outcome.is_ok()).then_some((slot, outcome));
    dependents.iter().map(move |job| Look { job: *job, because })
}
