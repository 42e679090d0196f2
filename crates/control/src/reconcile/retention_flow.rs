//! Removing a flow, or its logs and artifacts: objects first, then the records that name them, the flow itself last.
//!
//! Invariant: whatever names an object goes after it, so who dies in between leaves nothing that nobody finds. A flow that is removed is
//! marked before, and seen by nobody; of one that stays, only what was there when it completed goes.

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use kraken_domain::{
    FlowId, JobId, RunId, Timestamp,
    flow::{Flow, FlowState},
    job::Job,
    retention::Fate,
    run::RunState,
};
use kraken_store::{Commit, Left, LeftOver, Outbox, Versioned};

use super::retention::Work;
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    agents::AGENTS_PREFIX,
};

/// Items that one read brings.
const AT_ONCE: u32 = 100;
/// Batches of artifacts that one read brings.
const BATCHES: u32 = 50;
/// Prefixes that are emptied at the same time.
const PREFIXES_AT_ONCE: usize = 16;
/// Where the artifacts of a job are, below the prefix of its try.
const ARTIFACTS: &str = "artifacts/";

impl Control {
    /// Whether all runs of a flow are dealt with, and all of it was told.
    pub(super) async fn is_at_rest(&self, id: FlowId) -> Result<bool, ControlError> {
        let runs = self.store.runs(id).await?;
        if runs.iter().any(|run| !matches!(run.state, RunState::Processed { .. })) {
            return Ok(false);
        }
        let untold = self.store.untold(Outbox::Flow(id), 1).await?;
        Ok(untold.items.is_empty() && self.store.turns(id).await?.is_empty())
    }

    /// Removes a flow that is marked, as far as the work goes.
    pub(super) async fn remove_flow(&self, id: FlowId, work: &mut Work) -> Result<(), ControlError> {
        let Some(read) = self.store.flow(id).await? else { return Ok(()) };
        if read.retention.going_since.is_none() {
            return Ok(());
        }
        loop {
            let (roots, others): (Vec<_>, Vec<_>) =
                self.store.below_flow(id, AT_ONCE).await?.into_iter().partition(|item| matches!(item.what, LeftOver::Root));
            if others.is_empty() {
                // Last but for the flow: no line of it comes any more, as the job that it would be of is gone.
                self.forget_lines(id).await?;
                self.store.remove(&roots).await?;
                tracing::debug!(flow.id = %id, "a flow was removed");
                return Ok(());
            }
            for item in others {
                if let LeftOver::Run(run) = &item.what
                    && !self.empty_run(run.id, work).await?
                {
                    return Ok(());
                }
                work.spend(1);
                self.store.remove(&[item]).await?;
            }
        }
    }

    /// Removes all that lies below a run; says whether it got through.
    async fn empty_run(&self, id: RunId, work: &mut Work) -> Result<bool, ControlError> {
        loop {
            let items = self.store.below_run(id, AT_ONCE).await?;
            if items.is_empty() {
                return Ok(true);
            }
            if work.is_over() {
                return Ok(false);
            }
            work.spend(items.len());
            let (mut prefixes, mut keys) = (Vec::new(), Vec::new());
            for item in &items {
                match &item.what {
                    LeftOver::Job(job) => prefixes.extend(tries(job)),
                    LeftOver::Artifacts(batch) => {
                        keys.extend(batch.files.iter().map(|file| file.key.clone()).filter(|key| is_of_agents(key)))
                    }
                    _ => {}
                }
            }
            self.objects.remove(&keys).await?;
            self.empty_all(&prefixes, Part::All).await?;
            self.store.remove(&items).await?;
        }
    }

    /// Removes logs or artifacts of a flow that stays; gives the last job that it is done with if it did not get through.
    pub(super) async fn strip_flow(
        &self,
        flow: &Versioned<Flow>,
        fate: Fate,
        done: Option<JobId>,
        work: &mut Work,
    ) -> Result<Option<JobId>, ControlError> {
        let part = match (fate.loses_logs, fate.loses_artifacts) {
            (true, true) => Part::All,
            (true, false) => Part::Logs,
            (false, true) => Part::Artifacts,
            (false, false) => return Ok(None),
        };
        let FlowState::Completed { completed_at, .. } = flow.state else { return Ok(None) };
        for run in self.store.runs(flow.id).await?.iter().filter(|run| done.is_none_or(|done| run.id >= done.run)) {
            if fate.loses_artifacts {
                self.remove_artifacts(run.id, completed_at, work).await?;
            }
            let stopped = self.strip_jobs(run.id, part, completed_at, done, work).await?;
            if stopped.is_some() {
                return Ok(stopped);
            }
        }
        // The search knows no jobs: of a flow that runs again, it would forget the new lines, too.
        let now = self.store.flow(flow.id).await?;
        if !now.is_some_and(|now| has_completed(&now, completed_at)) {
            return Ok(None);
        }
        if fate.loses_logs {
            self.forget_lines(flow.id).await?;
        }
        decide!(self.note_stripped(flow.id, completed_at, fate))?;
        Ok(None)
    }

    async fn strip_jobs(
        &self,
        run: RunId,
        part: Part,
        completed_at: Timestamp,
        done: Option<JobId>,
        work: &mut Work,
    ) -> Result<Option<JobId>, ControlError> {
        let mut after = None;
        loop {
            let page = self.store.jobs(run, AT_ONCE, after.as_ref()).await?;
            let left = page.items.iter().filter(|job| done.is_none_or(|done| job.id > done) && job.created_at <= completed_at);
            let prefixes: Vec<String> = left.flat_map(|job| tries(job)).collect();
            self.empty_all(&prefixes, part).await?;
            work.spend(prefixes.len());
            if let Some(last) = page.items.last()
                && work.is_over()
            {
                // Never back behind what an earlier look was done with.
                return Ok(Some(done.map_or(last.id, |done| done.max(last.id))));
            }
            after = page.next;
            if after.is_none() {
                return Ok(None);
            }
        }
    }

    /// Removes the files that jobs noted which were there when the flow completed, and then the notes.
    async fn remove_artifacts(&self, run: RunId, completed_at: Timestamp, work: &mut Work) -> Result<(), ControlError> {
        let mut after = None;
        loop {
            let page = self.store.artifacts(run, BATCHES, after.as_ref()).await?;
            let mut ids: Vec<JobId> = page.items.iter().map(|batch| batch.job).collect();
            ids.dedup();
            let jobs = self.store.jobs_by_id(&ids).await?;
            let later: Vec<JobId> = jobs.into_iter().flatten().filter(|job| job.created_at > completed_at).map(|job| job.id).collect();
            let past: Vec<_> = page.items.iter().filter(|batch| !later.contains(&batch.job)).collect();
            let files = past.iter().flat_map(|batch| &batch.files);
            let keys: Vec<String> = files.map(|file| file.key.clone()).filter(|key| is_of_agents(key)).collect();
            self.objects.remove(&keys).await?;
            let items: Vec<Left> = past.iter().map(|batch| Left::record(&batch.value)).collect();
            self.store.remove(&items).await?;
            work.spend(items.len());
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Notes what the flow lost, unless something was made in it since.
    async fn note_stripped(&self, id: FlowId, completed: Timestamp, fate: Fate) -> Result<(), Attempt> {
        let now = self.clock.now();
        let Some(read) = self.store.flow(id).await? else { return Ok(()) };
        if !has_completed(&read, completed) {
            return Ok(());
        }
        let mut next = read.value.clone();
        let since = |is: bool, before: Option<Timestamp>| if is { Some(now) } else { before };
        next.retention.without_logs_since = since(fate.loses_logs, next.retention.without_logs_since);
        next.retention.without_artifacts_since = since(fate.loses_artifacts, next.retention.without_artifacts_since);
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        Ok(self.store.commit(commit).await?)
    }

    async fn empty_all(&self, prefixes: &[String], part: Part) -> Result<(), ControlError> {
        let emptied: Vec<_> = prefixes.iter().map(|prefix| self.empty(prefix, part).boxed()).collect();
        stream::iter(emptied).buffer_unordered(PREFIXES_AT_ONCE).try_collect::<()>().await
    }

    async fn empty(&self, prefix: &str, part: Part) -> Result<(), ControlError> {
        let artifacts = format!("{prefix}{ARTIFACTS}");
        match part {
            Part::All => self.objects.remove_below(prefix, None).await?,
            Part::Artifacts => self.objects.remove_below(&artifacts, None).await?,
            Part::Logs => self.objects.remove_below(prefix, Some(&artifacts)).await?,
        };
        Ok(())
    }

    async fn forget_lines(&self, flow: FlowId) -> Result<(), ControlError> {
        let Some(search) = &self.search else { return Ok(()) };
        search
            .forget_flow(&flow.to_string())
            .await
            .map_err(|error| ControlError::NoAnswer { service: "the log search", detail: error.to_string() })
    }
}

/// Whether nothing began in the flow since it completed then.
fn has_completed(flow: &Flow, then: Timestamp) -> bool {
    matches!(flow.state, FlowState::Completed { completed_at, .. } if completed_at == then)
}

/// What of the objects of jobs goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    All,
    Logs,
    Artifacts,
}

/// Where the tries of a job stored what they brought. Never anything wider: all below goes.
fn tries(job: &Job) -> Vec<String> {
    let of_job = format!("/jobs/{}/", job.id);
    let own = |prefix: &&String| is_of_agents(prefix) && prefix.contains(&of_job) && prefix.ends_with('/');
    job.log_prefix.iter().chain(&job.earlier_logs).filter(own).cloned().collect()
}

fn is_of_agents(key: &str) -> bool {
    key.starts_with(AGENTS_PREFIX)
}
