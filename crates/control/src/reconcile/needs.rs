//! The order of a run: jobs that others wait for ended, so some may run now, and some never will.
//!
//! What follows is done first, and written down last together with forgetting the notes: who dies in between does it again, and finds it
//! done. Every write is on the condition that the order is as it was read, so that nothing is let go on a picture from before a repetition.

use std::collections::BTreeMap;

use kraken_domain::{
    JobId, RunId, Timestamp,
    job::{Job, JobEvent},
    needs::{Ended, Progress, Settled, Unmet, unmet_because},
    run::{Run, RunCounts},
};
use kraken_store::{Commit, Versioned};

use crate::{Control, ControlError, again::Attempt};

/// Notes that are taken in together. With the jobs of one commit, the order and the counts they fit into one.
const NOTES: u32 = 40;
/// Jobs that one commit moves: with 64 KB each they stay within the 4 MB of a transaction.
const PER_COMMIT: usize = 50;

/// A job that is moved.
#[derive(Clone, Copy)]
enum Due {
    Release(u32),
    End(Unmet),
}

impl Due {
    fn slot(self) -> u32 {
        match self {
            Self::Release(slot) | Self::End(Unmet { slot, .. }) => slot,
        }
    }
}

impl Control {
    /// Takes in jobs of a run that ended and that others wait for. `false`: there are none.
    pub(super) async fn settle_needs(&self, run: &Versioned<Run>) -> Result<bool, Attempt> {
        let notes = self.store.ended(run.id, NOTES).await?.items;
        if notes.is_empty() {
            return Ok(false);
        }
        let graph = self.graph(run).await?;
        let Some(read) = self.store.needs(run.id).await? else {
            let mut commit = Commit::new();
            commit.create(&Progress::begin(run.id, &graph))?;
            self.store.commit(commit).await?;
            return Ok(true);
        };
        let jobs: Vec<JobId> =
            notes.iter().flat_map(|note| note.jobs.iter().map(|number| JobId { run: run.id, number: *number })).collect();
        let jobs = self.store.jobs_by_id(&jobs).await?;
        let (mut ended, mut names) = (Vec::new(), BTreeMap::new());
        // One that was repeated since counts no more.
        for job in jobs.iter().flatten().filter(|job| job.covered_by.is_none()) {
            if let Some(outcome) = job.outcome() {
                ended.push((job.slot(), outcome));
                names.insert(job.slot(), job.name.clone());
            }
        }
        let settled = read.settle(&graph, &ended);
        self.carry_out(&read, settled, &notes, names).await?;
        Ok(true)
    }

    /// Moves the jobs; the order and the notes go with the last of them.
    async fn carry_out(
        &self,
        read: &Versioned<Progress>,
        settled: Settled,
        notes: &[Versioned<Ended>],
        mut names: BTreeMap<u32, String>,
    ) -> Result<(), Attempt> {
        let now = self.clock.now();
        let due: Vec<Due> = settled.release.into_iter().map(Due::Release).chain(settled.end.into_iter().map(Due::End)).collect();
        let mut chunks = due.chunks(PER_COMMIT).peekable();
        loop {
            let some = chunks.next().unwrap_or_default();
            let slots: Vec<u32> = some.iter().map(|due| due.slot()).collect();
            let jobs = self.newest_jobs(read.run, &slots).await?;
            names.extend(jobs.iter().map(|(slot, job)| (*slot, job.name.clone())));
            let mut commit = Commit::new();
            let effects = move_jobs(&mut commit, read.run, some, &jobs, &names, now)?;
            let is_last = chunks.peek().is_none();
            if is_last {
                commit.replace(read, &settled.next)?;
                notes.iter().for_each(|note| {
                    commit.forget(&note.value);
                });
            } else {
                commit.require(read);
            }
            self.store.commit(commit).await?;
            self.perform(effects).await;
            if is_last {
                tracing::debug!(run.id = %read.run, notes = notes.len(), jobs = due.len(), "ended jobs were taken in");
                return Ok(());
            }
        }
    }

    /// The newest jobs of slots of a run, by slot; without those that were never made.
    pub(crate) async fn newest_jobs(&self, run: RunId, slots: &[u32]) -> Result<BTreeMap<u32, Versioned<Job>>, ControlError> {
        let mut open: Vec<(u32, JobId)> = slots.iter().map(|slot| (*slot, JobId { run, number: *slot })).collect();
        let mut newest = BTreeMap::new();
        // Once for each repetition of a repetition.
        while !open.is_empty() {
            let ids: Vec<JobId> = open.iter().map(|(_, id)| *id).collect();
            let found = self.store.jobs_by_id(&ids).await?;
            let mut covered = Vec::new();
            for ((slot, _), job) in open.into_iter().zip(found) {
                match job.as_ref().map(|job| job.covered_by) {
                    Some(Some(by)) => covered.push((slot, by)),
                    Some(None) => newest.extend(job.map(|job| (slot, job))),
                    None => {}
                }
            }
            open = covered;
        }
        Ok(newest)
    }
}

/// Adds to a commit what becomes of jobs; those that it is already so for are left out.
fn move_jobs(
    commit: &mut Commit,
    run: RunId,
    due: &[Due],
    jobs: &BTreeMap<u32, Versioned<Job>>,
    names: &BTreeMap<u32, String>,
    now: Timestamp,
) -> Result<Vec<kraken_domain::Effect>, Attempt> {
    let (mut counts, mut effects) = (RunCounts::default(), Vec::new());
    for due in due {
        let Some(job) = jobs.get(&due.slot()) else { continue };
        let event = match due {
            Due::Release(_) => JobEvent::Release,
            Due::End(Unmet { need, outcome, .. }) => {
                let name = names.get(need).map_or("a job", String::as_str);
                JobEvent::Unmet { need: *need, why: unmet_because(name, *outcome) }
            }
        };
        let Ok(moved) = job.on(event, now) else { continue };
        counts = counts.plus(RunCounts::change(Some(&job.value), &moved.next));
        commit.replace(job, &moved.next)?;
        effects.extend(moved.effects);
    }
    commit.add_counts(run, counts, now);
    // Whoever looks at the run goes on with it.
    effects.retain(|effect| *effect != kraken_domain::Effect::WakeRun(run));
    Ok(effects)
}
