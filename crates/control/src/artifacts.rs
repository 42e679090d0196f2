//! Artifacts as people see them: page by page, and one by its path.

use std::collections::HashMap;

use kraken_domain::{FlowId, JobId, RunId, job::Job};
use kraken_store::{ArtifactBatch, ArtifactRecord, Cursor, Paged, Versioned};

use crate::{Control, ControlError};

/// Batches that one read brings.
const BATCHES: u32 = 25;

/// A file, and the job that stored it.
pub type Artifact = (JobId, ArtifactRecord);

/// Where a list of artifacts goes on: so many files of the batch after `batch` have been given.
struct Place {
    batch: Option<Cursor>,
    given: usize,
}

impl Place {
    fn of(cursor: Option<&Cursor>) -> Result<Self, ControlError> {
        let Some(cursor) = cursor else { return Ok(Self { batch: None, given: 0 }) };
        let text = cursor.to_string();
        let parts = text.split_once('.').and_then(|(given, batch)| Some((given.parse().ok()?, batch)));
        let (given, batch) = parts.ok_or_else(|| wrong_cursor(&text))?;
        Ok(Self { batch: (!batch.is_empty()).then(|| Cursor::from(batch.to_owned())), given })
    }

    fn cursor(&self) -> Cursor {
        let batch = self.batch.as_ref().map(ToString::to_string).unwrap_or_default();
        Cursor::from(format!("{}.{batch}", self.given))
    }
}

fn wrong_cursor(text: &str) -> ControlError {
    let shown: String = text.chars().take(60).collect();
    ControlError::invalid("/cursor", format!("{shown:?} is not a cursor of this list: expected the `next` of the page before"))
}

impl Control {
    /// The files that the jobs of a run stored, by job; those of jobs that were repeated, and of tries that were lost, are left out.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a cursor of another list.
    pub async fn run_artifacts(&self, run: RunId, limit: usize, after: Option<&Cursor>) -> Result<Paged<Artifact>, ControlError> {
        let mut place = Place::of(after)?;
        let mut items = Vec::new();
        loop {
            let page = self.store.artifacts(run, BATCHES, place.batch.as_ref()).await?;
            let count = self.that_count(&page.items).await?;
            for (batch, counts) in page.items.iter().zip(count) {
                let files = if counts { batch.files.as_slice() } else { &[] };
                for (at, file) in files.iter().enumerate().skip(place.given) {
                    if items.len() == limit {
                        place.given = at;
                        return Ok(Paged { items, next: Some(place.cursor()) });
                    }
                    items.push((batch.job, file.clone()));
                }
                place = Place { batch: Some(Cursor::after(&batch.value)), given: 0 };
            }
            if page.next.is_none() {
                return Ok(Paged { items, next: None });
            }
        }
    }

    /// The files that the jobs of a flow stored, run by run.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a cursor of another list.
    pub async fn flow_artifacts(&self, flow: FlowId, limit: usize, after: Option<&Cursor>) -> Result<Paged<Artifact>, ControlError> {
        let text = after.map(ToString::to_string).unwrap_or_default();
        let (first, mut within) = match text.split_once('~') {
            Some((run, within)) => {
                let run: u32 = run.parse().map_err(|_| wrong_cursor(&text))?;
                (run, (!within.is_empty()).then(|| Cursor::from(within.to_owned())))
            }
            None if text.is_empty() => (0, None),
            None => return Err(wrong_cursor(&text)),
        };
        let goes_on = |run: u32, within: Option<Cursor>| {
            let within = within.map(|cursor| cursor.to_string()).unwrap_or_default();
            Some(Cursor::from(format!("{run}~{within}")))
        };
        let mut items: Vec<Artifact> = Vec::new();
        for run in self.store.runs(flow).await?.iter().filter(|run| run.id.number >= first) {
            if items.len() == limit {
                return Ok(Paged { items, next: goes_on(run.id.number, None) });
            }
            let page = self.run_artifacts(run.id, limit - items.len(), within.take().as_ref()).await?;
            items.extend(page.items);
            if page.next.is_some() {
                return Ok(Paged { items, next: goes_on(run.id.number, page.next) });
            }
        }
        Ok(Paged { items, next: None })
    }

    /// The file of that path that the newest job of a run stored.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn run_artifact(&self, run: RunId, path: &str) -> Result<Option<ArtifactRecord>, ControlError> {
        let mut after = None;
        loop {
            let page = self.store.artifacts_newest_first(run, BATCHES, after.as_ref()).await?;
            let counts = self.that_count(&page.items).await?;
            let mut counted = page.items.into_iter().zip(counts).filter(|(_, counts)| *counts).flat_map(|(batch, _)| batch.value.files);
            let found = counted.find(|file| file.path == path);
            if found.is_some() || page.next.is_none() {
                return Ok(found);
            }
            after = page.next;
        }
    }

    /// Which of the batches are of jobs, and of tries, that count.
    pub(crate) async fn that_count(&self, batches: &[Versioned<ArtifactBatch>]) -> Result<Vec<bool>, ControlError> {
        let mut ids: Vec<JobId> = batches.iter().map(|batch| batch.job).collect();
        ids.dedup();
        let read = self.store.jobs_by_id(&ids).await?;
        let jobs: HashMap<JobId, Job> = read.into_iter().flatten().map(|job| (job.id, job.value)).collect();
        let counts = |batch: &ArtifactBatch| {
            jobs.get(&batch.job).is_some_and(|job| job.covered_by.is_none() && job.generation.0 == batch.generation)
        };
        Ok(batches.iter().map(|batch| counts(batch)).collect())
    }
}
