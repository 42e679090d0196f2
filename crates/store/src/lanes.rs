//! What the scheduler reads: the heads of the lanes, and the idle agents.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{
    AgentId, JobId, Timestamp,
    agent::{Agent, AgentState, HostFacts},
    job::Job,
    place::{Executor, Lane},
    schedule::Waiting,
};
use serde::{Deserialize, Serialize};

use crate::{
    Cursor, Entity, Key, Paged, Store, StoreError,
    entity::text,
    keys::{self, attribute},
    read::{Order, Slice},
    table::queue_index,
};

/// A lane and its oldest jobs.
pub type LaneHead = (Lane, Vec<Waiting>);

/// That a lane has had jobs. Never removed: there are few, and an empty one costs one small read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LaneRecord {
    pub(crate) lane: Lane,
}

impl Entity for LaneRecord {
    const KIND: &'static str = "a lane";

    fn key(&self) -> Key {
        keys::lane(&self.lane)
    }
}

/// What the scheduler must know of an idle agent; kept in the index itself, so that planning reads nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleAgent {
    name: String,
    groups: BTreeSet<String>,
    system: String,
    executors: BTreeSet<Executor>,
}

impl IdleAgent {
    pub(crate) fn brief(agent: &Agent) -> Option<String> {
        let brief = Self {
            name: agent.name.clone(),
            groups: agent.groups.clone(),
            system: agent.facts.system.clone(),
            executors: agent.facts.executors.keys().copied().collect(),
        };
        serde_json::to_string(&brief).ok()
    }

    /// The agent as far as planning needs it.
    fn outline(self, id: AgentId, since: Timestamp) -> Agent {
        let executors: BTreeMap<Executor, String> = self.executors.into_iter().map(|executor| (executor, String::new())).collect();
        Agent {
            id,
            name: self.name,
            groups: self.groups,
            facts: HostFacts { system: self.system, executors, ..HostFacts::default() },
            created_at: since,
            installation: None,
            state: AgentState::Idle { since },
        }
    }
}

impl Store {
    /// Notes that these lanes have jobs. Before their jobs are committed.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every call here.
    pub async fn open_lanes(&self, lanes: impl IntoIterator<Item = Lane>) -> Result<(), StoreError> {
        for lane in lanes {
            let mut commit = crate::Commit::new();
            commit.overwrite(&LaneRecord { lane })?;
            self.commit(commit).await.map_err(|error| match error {
                crate::CommitError::Store(error) => error,
                crate::CommitError::Refused(_) => StoreError::Unavailable("PutItem: refused without a condition".into()),
            })?;
        }
        Ok(())
    }

    /// All lanes that have ever had jobs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lanes(&self) -> Result<Vec<Lane>, StoreError> {
        Ok(self.whole::<LaneRecord>((keys::LANES.to_owned(), "LANE#")).await?.into_iter().map(|record| record.value.lane).collect())
    }

    /// The oldest `limit` jobs of a lane, in the order in which they are served.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lane_head(&self, lane: &Lane, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let partition = keys::lane_queue(lane);
        let slice = Slice { index: queue_index(), partition: &partition, range: None, order: Order::Ascending };
        let page = self.slice(slice, limit, None).await?;
        let waiting = page.items.iter().filter_map(|item| {
            let run_created_at = keys::queued_run_created_at(text(item, attribute::QUEUED))?;
            Some(Waiting { run_created_at, job: Key::of_item(item).job_id()? })
        });
        Ok(waiting.collect())
    }

    /// How many jobs of its lane are before a queued job; counts no further than `up_to`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ahead_of(&self, job: &Job, up_to: u32) -> Result<u32, StoreError> {
        let partition = keys::lane_queue(&job.place.lane());
        let before = AttributeValue::S(keys::queued(job.run_created_at, job.id));
        let range = Some(("#sort < :before", vec![(":before", before)]));
        let slice = Slice { index: queue_index(), partition: &partition, range, order: Order::Ascending };
        Ok(self.slice(slice, up_to, None).await?.items.len() as u32)
    }

    /// The jobs that wait in a lane, oldest first: ids only.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_in(&self, lane: &Lane, limit: u32) -> Result<Vec<JobId>, StoreError> {
        Ok(self.lane_head(lane, limit).await?.into_iter().map(|waiting| waiting.job).collect())
    }

    /// Idle agents, longest idle first, as far as planning needs them; a page of at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn idle_agents(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Agent>, StoreError> {
        let slice = Slice { index: queue_index(), partition: keys::IDLE, range: None, order: Order::Ascending };
        let page = self.slice(slice, limit, after).await?;
        let agents = page.items.iter().filter_map(|item| {
            let id = Key::of_item(item).agent_id()?;
            let since = keys::queued_run_created_at(text(item, attribute::QUEUED))?;
            let brief: IdleAgent = serde_json::from_str(text(item, attribute::BRIEF)).ok()?;
            Some(brief.outline(id, since))
        });
        Ok(Paged { items: agents.collect(), next: page.next })
    }
}
