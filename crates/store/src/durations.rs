//! How long the jobs of a stage took: what automatic time limits are learnt from.

use std::collections::BTreeMap;

use kraken_domain::{RunId, StageId, job::Job, timeout::SAMPLES_KEPT};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Entity, Key, Store, StoreError, Versioned, keys};

/// Lineages that one stage remembers; more would not fit into an item. Those that come later learn nothing.
const LINEAGES_MAX: usize = 400;

/// How long the newest successful jobs of each lineage of a stage took, over CI flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    /// The stage.
    pub stage: StageId,
    /// Lineage → seconds, newest first.
    lineages: BTreeMap<String, Vec<u32>>,
    /// The newest runs that were taken in: each is, once.
    runs: Vec<RunId>,
}

/// What a job and its forerunners have in common: name, group, system, config, executor.
fn lineage(job: &str, place: &kraken_domain::place::Place) -> String {
    let parts = [job, &place.group, place.executor.as_str(), &place.system, &place.config];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()[..10].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Durations {
    /// Of a stage that has not run yet.
    pub fn none(stage: StageId) -> Self {
        Self { stage, lineages: BTreeMap::new(), runs: Vec::new() }
    }

    /// The seconds that the forerunners of a job took, newest first.
    pub fn of(&self, job: &str, place: &kraken_domain::place::Place) -> &[u32] {
        self.lineages.get(&lineage(job, place)).map_or(&[], Vec::as_slice)
    }

    /// Seconds that the forerunners of a job usually took: the middle of them, the longer one where there are two.
    pub fn usual(&self, job: &str, place: &kraken_domain::place::Place) -> Option<u32> {
        let mut took = self.of(job, place).to_vec();
        took.sort_unstable();
        took.get(took.len() / 2).copied()
    }

    /// With the jobs of a run taken in: their seconds, where they succeeded. `None`: the run has been taken in before.
    #[must_use]
    pub fn with<'j>(&self, run: RunId, jobs: impl Iterator<Item = (&'j Job, u32)>) -> Option<Self> {
        if self.runs.contains(&run) {
            return None;
        }
        let mut next = self.clone();
        next.runs.insert(0, run);
        next.runs.truncate(SAMPLES_KEPT);
        for (job, seconds) in jobs {
            let key = lineage(&job.name, &job.place);
            if next.lineages.contains_key(&key) || next.lineages.len() < LINEAGES_MAX {
                let samples = next.lineages.entry(key).or_default();
                samples.insert(0, seconds);
                samples.truncate(SAMPLES_KEPT);
            }
        }
        Some(next)
    }
}

impl Entity for Durations {
    const KIND: &'static str = "durations";

    fn key(&self) -> Key {
        keys::durations(self.stage)
    }
}

impl Store {
    /// How long the jobs of a stage took.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn durations(&self, stage: StageId) -> Result<Option<Versioned<Durations>>, StoreError> {
        self.record(&keys::durations(stage)).await
    }
}
