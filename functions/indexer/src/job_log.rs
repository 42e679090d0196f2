//! What a job printed: its stored log, with the times and steps that its index tells.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kraken_domain::{AgentId, JobId, job::Job};
use kraken_protocol::{
    ansi,
    log::{INDEX_BYTES_MAX, INDEX_OBJECT, LogIndex},
};
use kraken_search::{Entry, Level, Source};
use tokio::time::{Duration, Instant, sleep};

use crate::{
    IndexError, Indexer,
    filing::Filing,
    message::NewObject,
    unpack::{UnpackError, Unpacking},
};

/// The service of what jobs print.
pub(crate) const SERVICE: &str = "job";

/// What did not follow a log within this time never will: its index, as the agent is gone, or the record of its job.
const COMES_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Between two looks for the index.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

impl Indexer {
    /// Indexes the log of one try of a job, unless no try of that job stored there: agents can store what they like below their own prefix.
    pub(crate) async fn job_log(
        &self,
        agent: AgentId,
        id: JobId,
        prefix: &str,
        object: &NewObject,
        now: Timestamp,
    ) -> Result<(), IndexError> {
        let Some(job) = self.store.job(id).await? else {
            if now.duration_since(object.at) < COMES_WITHIN {
                // It is being brought from another system, say.
                return Err(IndexError::NoJob(id.to_string()));
            }
            tracing::warn!(job.id = %id, key = object.key, "there is no job that a stored log would be of; it is left out");
            return Ok(());
        };
        let job = job.value;
        if !job.log_prefix.iter().chain(&job.earlier_logs).any(|own| own == prefix) {
            tracing::warn!(job.id = %id, agent.id = %agent, key = object.key, "an agent stored a log for a job that it did not hold; it is left out");
            return Ok(());
        }
        let mut unpacking = Unpacking::new(self.objects.clone(), &object.key);
        if !unpacking.open().await? {
            // Removed meanwhile.
            return Ok(());
        }
        let size = match unpacking.size() {
            Some(size) => Some(size),
            None => self.objects.size(&object.key).await?,
        };
        let index = self.index_of(prefix, size.unwrap_or(0), object, now).await?;
        let lines = Lines { index, at: object.at, places: Places::new(&job, agent) };
        let filed = self.file_lines(object, unpacking, lines).await?;
        tracing::debug!(job.id = %id, lines = filed, "indexed the log of a job");
        Ok(())
    }

    async fn file_lines(&self, object: &NewObject, mut unpacking: Unpacking, mut lines: Lines) -> Result<u64, IndexError> {
        let mut filing = Filing::new(&*self.search, &object.key, object.at);
        loop {
            match unpacking.next().await {
                Ok(Some(some)) => {
                    for line in some {
                        let entry = lines.entry(filing.next_number(), &line);
                        filing.add(entry).await?;
                    }
                }
                Ok(None) => return filing.finish().await,
                Err(UnpackError::Objects(error)) => return Err(error.into()),
                Err(UnpackError::Damaged(reason)) => {
                    // It is no better the next time; what could be read of it can be searched.
                    tracing::error!(key = object.key, reason, "a stored log is damaged");
                    return filing.finish().await;
                }
            }
        }
    }

    /// The index of the log as it is stored. The two come at nearly the same moment, in either order; an index that is there already may be
    /// that of the growing log. `None`: it never came.
    async fn index_of(&self, prefix: &str, size: u64, object: &NewObject, now: Timestamp) -> Result<Option<LogIndex>, IndexError> {
        let key = format!("{prefix}{INDEX_OBJECT}");
        let until = Instant::now() + self.patience;
        loop {
            let body = self.objects.get_range(&key, 0, INDEX_BYTES_MAX).await?;
            let index = body.and_then(|body| serde_json::from_slice::<LogIndex>(&body).ok());
            if let Some(index) = index.filter(|index| index.complete && is_of(index, size)) {
                return Ok(Some(index));
            }
            if Instant::now() >= until {
                break;
            }
            sleep(LOOK_AGAIN).await;
        }
        if now.duration_since(object.at) > COMES_WITHIN {
            // The lines are worth more than their times.
            tracing::warn!(key, "the index of a log never came; its lines have the time at which it was stored");
            return Ok(None);
        }
        Err(IndexError::NoIndexYet(object.key.clone()))
    }
}

/// Whether it describes a log of that many bytes. A log without lines is one empty member that no index tells of.
fn is_of(index: &LogIndex, size: u64) -> bool {
    index.members.last().is_none_or(|last| last.offset.checked_add(last.length) == Some(size))
}

/// Makes entries of lines.
struct Lines {
    index: Option<LogIndex>,
    /// When the log was stored.
    at: Timestamp,
    places: Places,
}

impl Lines {
    fn entry(&mut self, number: u64, line: &[u8]) -> Entry {
        let member = self.index.as_ref().and_then(|index| index.members_of(number, number + 1).next());
        let time = member.map_or(self.at, |member| member.time_of(number));
        let step = self.index.as_ref().and_then(|index| index.step_of(number));
        Entry { time, level: Level::Info, source: self.places.of(step), text: ansi::stripped(line) }
    }
}

/// Where the lines of a job come from, made once per step.
struct Places {
    job: Source,
    last: Option<(Option<u32>, Arc<Source>)>,
}

impl Places {
    fn new(job: &Job, agent: AgentId) -> Self {
        let source = Source {
            service: SERVICE.to_owned(),
            project: Some(job.project.to_string()),
            branch: Some(job.branch.to_string()),
            flow: Some(job.id.flow().to_string()),
            run: Some(job.id.run.to_string()),
            job: Some(job.id.to_string()),
            step: None,
            agent: Some(agent.to_string()),
        };
        Self { job: source, last: None }
    }

    fn of(&mut self, step: Option<u32>) -> Arc<Source> {
        match &self.last {
            Some((known, source)) if *known == step => Arc::clone(source),
            _ => {
                let source = Arc::new(Source { step: step.map(|step| step.to_string()), ..self.job.clone() });
                self.last = Some((step, Arc::clone(&source)));
                source
            }
        }
    }
}
