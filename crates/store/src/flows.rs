//! Flows, runs, jobs and their artifacts.

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{
    AgentId, BranchId, FlowId, JobId, RunId,
    change::Change,
    flow::{Flow, FlowKind},
    job::{Job, JobState},
    news::{self, News},
    run::Run,
};
use serde::{Deserialize, Serialize};

use crate::{
    Cursor, Entity, Indexes, Key, Paged, Store, StoreError, TodoKind, Versioned,
    entity::from_item,
    keys,
    read::{Order, Slice},
    table::list_index,
};

impl Entity for Flow {
    const KIND: &'static str = "a flow";

    fn news(before: Option<&Self>, after: &Self, version: u64) -> News {
        news::of_flow(before, after, version)
    }

    fn key(&self) -> Key {
        keys::flow(self.id)
    }

    fn indexes(&self) -> Indexes {
        match self.retention.going_since {
            // Nobody sees it any more, but whoever removes it finds it.
            Some(since) => Indexes { todo: Some((TodoKind::Retention, since)), ..Indexes::default() },
            None => Indexes { list: Some((keys::flows_of(self.branch, self.kind), self.id.to_string())), ..Indexes::default() },
        }
    }
}

/// The changes that a flow was started with, beside it: lists of flows do not carry them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowChanges {
    /// The flow.
    pub flow: FlowId,
    /// The changes.
    pub changes: Vec<Change>,
}

impl Entity for FlowChanges {
    const KIND: &'static str = "the changes of a flow";

    fn key(&self) -> Key {
        keys::flow_changes(self.flow)
    }
}

impl Entity for Run {
    const KIND: &'static str = "a run";

    fn news(before: Option<&Self>, after: &Self, version: u64) -> News {
        news::of_run(before, after, version)
    }

    fn key(&self) -> Key {
        keys::run(self.id)
    }

    fn indexes(&self) -> Indexes {
        Indexes {
            todo: self.due().map(|due| (TodoKind::Run, due)),
            list: Some((keys::run_list(self.branch, self.kind), keys::run_listed(self.id))),
            ..Indexes::default()
        }
    }
}

impl Entity for Job {
    const KIND: &'static str = "a job";

    fn news(before: Option<&Self>, after: &Self, version: u64) -> News {
        news::of_job(before, after, version)
    }

    fn key(&self) -> Key {
        keys::job(self.id)
    }

    fn indexes(&self) -> Indexes {
        let queue = matches!(self.state, JobState::Queued { .. })
            .then(|| (keys::lane_queue(&self.place.lane()), keys::queued(self.run_created_at, self.id), None));
        let list = match self.state {
            JobState::Running { agent, started_at, .. } | JobState::Finished { agent, started_at, .. } => Some((agent, started_at)),
            JobState::Completed { agent: Some(agent), started_at: Some(started_at), .. } => Some((agent, started_at)),
            JobState::Held { .. } | JobState::Queued { .. } | JobState::Assigned { .. } | JobState::Completed { .. } => None,
        };
        Indexes {
            todo: self.due().map(|due| (TodoKind::Job, due)),
            queue,
            list: list.map(|(agent, started_at)| (keys::jobs_of_agent(agent), keys::started(started_at, self.id))),
            expires: None,
        }
    }
}

/// Files that a job stored together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactBatch {
    /// The job.
    pub job: JobId,
    /// The assignment of the job in which they were stored: a later one's files replace an earlier one's.
    #[serde(default)]
    pub generation: u32,
    /// Tells batches of one job apart, in the order of their paths: the beginning of the first one, and a hash of all that it says.
    pub place: String,
    /// The files.
    pub files: Vec<ArtifactRecord>,
}

/// One stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactRecord {
    /// Its path as users see it.
    pub path: String,
    /// Where it is in the object store.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Unix permission bits.
    pub mode: u32,
    /// Whether it may be fetched without a token.
    #[serde(default)]
    pub public: bool,
    /// Whether it is the entry page of a report.
    #[serde(default)]
    pub report_entry: bool,
}

impl Entity for ArtifactBatch {
    const KIND: &'static str = "a batch of artifacts";

    fn key(&self) -> Key {
        keys::artifacts(self.job, self.generation, &self.place)
    }
}

impl Store {
    /// A flow.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn flow(&self, id: FlowId) -> Result<Option<Versioned<Flow>>, StoreError> {
        self.record(&keys::flow(id)).await
    }

    /// The changes that a flow was started with; `None` when it was started with none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn flow_changes(&self, id: FlowId) -> Result<Option<Versioned<FlowChanges>>, StoreError> {
        self.record(&keys::flow_changes(id)).await
    }

    /// The flows of a branch, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn flows(
        &self,
        branch: BranchId,
        kind: FlowKind,
        limit: u32,
        after: Option<&Cursor>,
    ) -> Result<Paged<Versioned<Flow>>, StoreError> {
        self.listed(&keys::flows_of(branch, kind), Order::Descending, limit, after).await
    }

    /// The flows of a branch that were made before `flow`, newest first, and whether there are more than these.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn flows_before(
        &self,
        branch: BranchId,
        kind: FlowKind,
        flow: FlowId,
        limit: u32,
    ) -> Result<(Vec<Versioned<Flow>>, bool), StoreError> {
        let list = keys::flows_of(branch, kind);
        // Ids sort by creation.
        let range = ("#sort < :before", vec![(":before", AttributeValue::S(flow.to_string()))]);
        let slice = Slice { index: list_index(), partition: &list, range: Some(range), order: Order::Descending };
        let page = self.slice(slice, limit, None).await?;
        Ok((page.items.iter().map(from_item).collect::<Result<_, _>>()?, page.next.is_some()))
    }

    /// The changes that many flows were started with, in the order of `ids`; `None` where one was started with none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn changes_of_flows(&self, ids: &[FlowId]) -> Result<Vec<Option<Versioned<FlowChanges>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::flow_changes(*id)).collect::<Vec<_>>()).await
    }

    /// A run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run(&self, id: RunId) -> Result<Option<Versioned<Run>>, StoreError> {
        self.record(&keys::run(id)).await
    }

    /// All runs of a flow, oldest first. A flow has as many as its branch has stages, and few more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn runs(&self, flow: FlowId) -> Result<Vec<Versioned<Run>>, StoreError> {
        self.whole(keys::runs_of(flow)).await
    }

    /// A job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn job(&self, id: JobId) -> Result<Option<Versioned<Job>>, StoreError> {
        self.record(&keys::job(id)).await
    }

    /// Many jobs, in the order of `ids`; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs_by_id(&self, ids: &[JobId]) -> Result<Vec<Option<Versioned<Job>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::job(*id)).collect::<Vec<_>>()).await
    }

    /// The jobs of a run, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs(&self, run: RunId, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Job>>, StoreError> {
        self.beginning(keys::jobs_of(run), Order::Ascending, limit, after).await
    }

    /// The jobs that an agent ran or runs, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs_of_agent(&self, agent: AgentId, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Job>>, StoreError> {
        self.listed(&keys::jobs_of_agent(agent), Order::Descending, limit, after).await
    }

    /// Batches of artifacts of a run's jobs, by job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn artifacts(&self, run: RunId, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<ArtifactBatch>>, StoreError> {
        self.beginning(keys::artifacts_of(run), Order::Ascending, limit, after).await
    }

    /// The same, those of the newest job first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn artifacts_newest_first(
        &self,
        run: RunId,
        limit: u32,
        after: Option<&Cursor>,
    ) -> Result<Paged<Versioned<ArtifactBatch>>, StoreError> {
        self.beginning(keys::artifacts_of(run), Order::Descending, limit, after).await
    }
}
