//! The shapes of all keys. Nothing outside this file puts a key together or takes one apart.
//!
//! `docs/data-model.md` is generated from [`SHAPES`] and [`INDEXES`].

mod audit;
mod data;
mod indexes;
mod moving;
mod of;
mod retention;
mod shapes;
mod untold;
mod webhooks;

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use kraken_domain::{
    AgentId, BranchId, FlowId, JobId, ProjectId, RunId, StageId, flow::FlowKind, place::Lane, secret::SecretOwner, trigger::TriggerKind,
};

pub(crate) use audit::{AUDIT, audit, audited, audited_from};
pub(crate) use data::data;
pub use indexes::{Carries, INDEXES, Index};
pub(crate) use moving::branch_move;
pub(crate) use retention::{below_branch, below_flow, below_run, sweep};
pub use shapes::{SHAPES, Shape};
pub(crate) use untold::{last_end, notice, notices_of, status_mark, turns, turns_of, untold, untold_of};
pub(crate) use webhooks::{delivered, delivered_body, deliveries_of, delivery, webhook, webhooks_of};

use crate::entity::{Item, text};

/// Names of attributes.
pub(crate) mod attribute {
    pub(crate) const PARTITION: &str = "pk";
    pub(crate) const SORT: &str = "sk";
    pub(crate) const VERSION: &str = "version";
    pub(crate) const TOUCHED: &str = "touched";
    pub(crate) const DOCUMENT: &str = "doc";
    pub(crate) const TODO: &str = "todo";
    pub(crate) const DUE: &str = "due";
    pub(crate) const QUEUE: &str = "queue";
    pub(crate) const QUEUED: &str = "queued";
    pub(crate) const BRIEF: &str = "brief";
    pub(crate) const LIST: &str = "list";
    pub(crate) const LISTED: &str = "listed";
    pub(crate) const EXPIRES: &str = "expires";
    /// On what came with an import, where a new system may have its own.
    pub(crate) const IMPORTED: &str = "imported";
}

/// The key of one item.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    partition: String,
    sort: String,
}

impl Key {
    fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }

    /// The key attributes alone.
    pub(crate) fn to_item(&self) -> Item {
        Item::from([
            (attribute::PARTITION.to_owned(), AttributeValue::S(self.partition.clone())),
            (attribute::SORT.to_owned(), AttributeValue::S(self.sort.clone())),
        ])
    }

    /// The key of an item that was read.
    pub(crate) fn of_item(item: &Item) -> Self {
        Self::new(text(item, attribute::PARTITION), text(item, attribute::SORT))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.partition, self.sort)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Milliseconds since 1970 as text that sorts like the number.
fn sortable(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}

/// A number as text that sorts like it. Ten digits hold every `u32`.
fn padded(number: u32) -> String {
    format!("{number:010}")
}

pub(crate) fn project(id: ProjectId) -> Key {
    Key::new(format!("PROJECT#{id}"), "PROJECT")
}

pub(crate) fn project_name(name: &str) -> Key {
    Key::new("NAMES", format!("PROJECT#{name}"))
}

pub(crate) const PROJECTS: &str = "PROJECTS";

pub(crate) fn branch(id: BranchId) -> Key {
    Key::new(format!("BRANCH#{id}"), "BRANCH")
}

pub(crate) fn branch_name(project: ProjectId, name: &str) -> Key {
    Key::new(format!("PROJECT#{project}"), format!("NAME#{name}"))
}

/// Partition and beginning of the sort key of the names of a project's branches.
pub(crate) fn branch_names(project: ProjectId) -> (String, &'static str) {
    (format!("PROJECT#{project}"), "NAME#")
}

pub(crate) fn branches_of(project: ProjectId) -> String {
    format!("PROJECT#{project}#BRANCHES")
}

pub(crate) fn sequence(branch: BranchId) -> Key {
    Key::new(format!("BRANCH#{branch}"), "SEQUENCE")
}

pub(crate) fn stage(branch: BranchId, id: StageId) -> Key {
    Key::new(format!("BRANCH#{branch}"), format!("STAGE#{id}"))
}

pub(crate) fn stage_place(id: StageId) -> Key {
    Key::new(format!("STAGE#{id}"), "STAGE")
}

pub(crate) fn durations(id: StageId) -> Key {
    Key::new(format!("STAGE#{id}"), "DURATIONS")
}

pub(crate) fn trigger(stage: StageId, kind: TriggerKind) -> Key {
    Key::new(format!("STAGE#{stage}"), format!("TRIGGER#{}", kind.as_str()))
}

/// Partition and beginning of the sort key of a stage's triggers.
pub(crate) fn triggers_of(stage: StageId) -> (String, &'static str) {
    (format!("STAGE#{stage}"), "TRIGGER#")
}

pub(crate) fn stage_name(branch: BranchId, name: &str) -> Key {
    Key::new(format!("BRANCH#{branch}"), format!("NAME#{name}"))
}

/// Partition and beginning of the sort key of a branch's stages.
pub(crate) fn stages_of(branch: BranchId) -> (String, &'static str) {
    (format!("BRANCH#{branch}"), "STAGE#")
}

pub(crate) fn secret(owner: SecretOwner, name: &str) -> Key {
    let (partition, beginning) = secrets_of(owner);
    Key::new(partition, format!("{beginning}{name}"))
}

/// Partition and beginning of the sort key of the secrets of a project or a branch.
pub(crate) fn secrets_of(owner: SecretOwner) -> (String, &'static str) {
    let partition = match owner {
        SecretOwner::Project(project) => format!("PROJECT#{project}"),
        SecretOwner::Branch(branch) => format!("BRANCH#{branch}"),
    };
    (partition, SECRET)
}

/// Beginning of the sort key of secrets.
const SECRET: &str = "SECRET#";

pub(crate) fn once(branch: BranchId, hash: &str) -> Key {
    Key::new(format!("BRANCH#{branch}"), format!("ONCE#{hash}"))
}

pub(crate) fn flow(id: FlowId) -> Key {
    Key::new(format!("FLOW#{id}"), "FLOW")
}

pub(crate) fn flow_changes(id: FlowId) -> Key {
    Key::new(format!("FLOW#{id}"), "CHANGES")
}

pub(crate) fn flows_of(branch: BranchId, kind: FlowKind) -> String {
    format!("BRANCH#{branch}#{}", kind.as_str())
}

pub(crate) fn run(id: RunId) -> Key {
    Key::new(format!("FLOW#{}", id.flow), format!("RUN#{}", padded(id.number)))
}

/// Partition and beginning of the sort key of a flow's runs.
pub(crate) fn runs_of(flow: FlowId) -> (String, &'static str) {
    (format!("FLOW#{flow}"), "RUN#")
}

pub(crate) fn run_list(branch: BranchId, kind: FlowKind) -> String {
    format!("BRANCH#{branch}#{}#RUNS", kind.as_str())
}

pub(crate) fn run_listed(id: RunId) -> String {
    format!("{}#{}", id.flow, padded(id.number))
}

/// The first and the last place that runs of these flows, and of all between them, can have in [`run_list`].
pub(crate) fn runs_listed(oldest: FlowId, newest: FlowId) -> [String; 2] {
    [format!("{oldest}#"), format!("{newest}#~")]
}

pub(crate) fn counts(run: RunId) -> Key {
    Key::new(format!("RUN#{run}"), "COUNTS")
}

pub(crate) fn needs(run: RunId) -> Key {
    Key::new(format!("RUN#{run}"), "NEEDS")
}

pub(crate) fn ended(run: RunId, first_job: u32) -> Key {
    Key::new(format!("RUN#{run}"), format!("ENDED#{}", padded(first_job)))
}

/// Partition and beginning of the sort key of the notes of a run's ended jobs.
pub(crate) fn ended_of(run: RunId) -> (String, &'static str) {
    (format!("RUN#{run}"), "ENDED#")
}

/// Names may be long: their hash is the key.
pub(crate) fn run_group(project: ProjectId, name: &str) -> Key {
    Key::new(format!("PROJECT#{project}"), format!("RUNS#{}", crate::secret_hash(name)))
}

pub(crate) fn job(id: JobId) -> Key {
    Key::new(format!("RUN#{}", id.run), format!("JOB#{}", padded(id.number)))
}

/// Partition and beginning of the sort key of a run's jobs.
pub(crate) fn jobs_of(run: RunId) -> (String, &'static str) {
    (format!("RUN#{run}"), "JOB#")
}

pub(crate) fn lane_queue(lane: &Lane) -> String {
    format!("LANE#{lane}")
}

/// The place of a job in its lane: jobs are served by their run's creation, then by number.
pub(crate) fn queued(run_created_at: Timestamp, id: JobId) -> String {
    format!("{}#{}#{}#{}", sortable(run_created_at), id.run.flow, padded(id.run.number), padded(id.number))
}

/// The creation of the job's run, read back from [`queued`].
pub(crate) fn queued_run_created_at(place: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(place.split('#').next()?.parse().ok()?).ok()
}

pub(crate) fn jobs_of_agent(agent: AgentId) -> String {
    format!("AGENT#{agent}#JOBS")
}

pub(crate) fn started(at: Timestamp, id: JobId) -> String {
    format!("{}#{id}", sortable(at))
}

pub(crate) fn artifacts(job: JobId, generation: u32, place: &str) -> Key {
    Key::new(format!("RUN#{}", job.run), format!("ARTIFACTS#{}#{}#{place}", padded(job.number), padded(generation)))
}

/// Partition and beginning of the sort key of a run's artifacts.
pub(crate) fn artifacts_of(run: RunId) -> (String, &'static str) {
    (format!("RUN#{run}"), "ARTIFACTS#")
}

pub(crate) fn agent(id: AgentId) -> Key {
    Key::new(format!("AGENT#{id}"), "AGENT")
}

pub(crate) fn seen(id: AgentId) -> Key {
    Key::new(format!("AGENT#{id}"), "SEEN")
}

pub(crate) const AGENTS: &str = "AGENTS";
pub(crate) const IDLE: &str = "IDLE";

pub(crate) fn idle(since: Timestamp, id: AgentId) -> String {
    format!("{}#{id}", sortable(since))
}

pub(crate) fn group(name: &str) -> Key {
    Key::new(format!("GROUP#{name}"), "GROUP")
}

pub(crate) const GROUPS: &str = "GROUPS";

pub(crate) fn token(hash: &str) -> Key {
    Key::new(format!("TOKEN#{hash}"), "TOKEN")
}

pub(crate) fn tokens(kind: &str) -> String {
    format!("TOKENS#{kind}")
}

pub(crate) fn settings() -> Key {
    Key::new("SYSTEM", "SETTINGS")
}

pub(crate) fn importing() -> Key {
    Key::new("SYSTEM", "IMPORTING")
}

pub(crate) const LANES: &str = "LANES";

pub(crate) fn lane(lane: &Lane) -> Key {
    Key::new(LANES, format!("LANE#{lane}"))
}

#[cfg(test)]
mod tests;
