//! Repeating jobs of a run whose jobs wait for each other: which of them may be, and which wait again.

use std::collections::{BTreeMap, HashMap};

use kraken_domain::{
    JobId, RunId,
    job::Job,
    needs::{Progress, Repeat, Unrepeatable},
    run::Run,
};
use kraken_store::{Commit, Versioned};

use crate::{Control, ControlError};

/// The order of a run as it was read, if it was written before, and as it is with the repetitions.
pub(super) struct Ordered {
    read: Option<Versioned<Progress>>,
    next: Progress,
    held: HashMap<u32, bool>,
}

impl Ordered {
    /// Whether the new job of that slot waits for others.
    pub(super) fn holds(&self, slot: u32) -> bool {
        self.held.get(&slot).copied().unwrap_or_default()
    }

    /// Adds the order to the commit that repeats the jobs.
    pub(super) fn write(&self, commit: &mut Commit) -> Result<(), ControlError> {
        match &self.read {
            Some(read) => commit.replace(read, &self.next)?,
            None => commit.create(&self.next)?,
        };
        Ok(())
    }
}

impl Control {
    /// Leaves in `olds` those jobs that can be repeated now; `true` beside one: it must be.
    pub(super) async fn repeat_in_order(&self, run: &Run, olds: &mut Vec<(Versioned<Job>, bool)>) -> Result<Ordered, ControlError> {
        let graph = self.graph(run).await?;
        let read = self.store.needs(run.id).await?;
        let progress = match &read {
            Some(read) => read.value.clone(),
            // It is not moved with the run, and what was never made leaves no note.
            None => Progress::begin(run.id, &graph).half_made(self.made_of(run.id, graph.slots()).await?),
        };
        let slots = |must: bool| olds.iter().filter(|(_, is)| *is == must).map(|(job, _)| job.slot()).collect::<Vec<u32>>();
        let Repeat { next, jobs } = match progress.repeat(&graph, &slots(true), &slots(false)) {
            Ok(repeat) => repeat,
            Err(refused) => return Err(self.unrepeatable(run, refused).await?),
        };
        let held: HashMap<u32, bool> = jobs.into_iter().collect();
        olds.retain(|(job, _)| held.contains_key(&job.slot()));
        Ok(Ordered { read, next, held })
    }

    /// How many of the jobs that a run shall begin with were made: one before the other, so one that is there tells of all before it.
    async fn made_of(&self, run: RunId, slots: u32) -> Result<u32, ControlError> {
        let (mut made, mut absent, mut number) = (0, slots.saturating_add(1), slots);
        while absent - made > 1 {
            match self.store.job(JobId { run, number }).await? {
                Some(_) => made = number,
                None => absent = number,
            }
            number = made + (absent - made) / 2;
        }
        Ok(made)
    }

    async fn unrepeatable(&self, run: &Run, Unrepeatable { slot, need, outcome }: Unrepeatable) -> Result<ControlError, ControlError> {
        let jobs = self.newest_jobs(run.id, &[slot, need]).await?;
        let name = |jobs: &BTreeMap<u32, Versioned<Job>>, slot| jobs.get(&slot).map_or_else(|| slot.to_string(), |job| job.name.clone());
        let (job, need) = (name(&jobs, slot), name(&jobs, need));
        Ok(ControlError::Conflict(format!("the job {job} needs {need}, which ended with {}: repeat {need}", outcome.as_str())))
    }
}
