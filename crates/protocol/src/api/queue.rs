//! What waits for agents, and how branches stand: lists over all projects.

use jiff::Timestamp;
use kraken_domain::{BranchId, FlowId, JobId, ProjectId, RunId, StageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FlowView, words};

/// `GET /api/queue`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueView {
    /// The jobs that wait for an agent, in the order in which they are served; those of projects that the caller may see. Fewer than asked
    /// for, even none, where others wait between them: go on as long as there is `next`.
    pub items: Vec<QueuedJob>,
    /// Ask with `?cursor=` for the jobs after these; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The groups and what their agents do, `all` first, then by name. On the first page only.
    #[serde(default)]
    pub groups: Vec<GroupCapacity>,
}

/// A job that waits for an agent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueuedJob {
    /// Its id.
    #[schema(value_type = String)]
    pub job: JobId,
    /// Its name in the stage.
    pub name: String,
    /// Its run.
    #[schema(value_type = String)]
    pub run: RunId,
    /// Its flow.
    #[schema(value_type = String)]
    pub flow: FlowId,
    /// What people call the flow.
    pub flow_label: String,
    /// What the flow is for.
    #[schema(value_type = words::FlowKind)]
    pub kind: kraken_domain::flow::FlowKind,
    /// Its stage.
    #[schema(value_type = String)]
    pub stage: StageId,
    /// Its stage's name when the run was made.
    pub stage_name: String,
    /// Its branch.
    #[schema(value_type = String)]
    pub branch: BranchId,
    /// The branch's name.
    pub branch_name: String,
    /// Its project.
    #[schema(value_type = String)]
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Its agents group.
    pub agents_group: String,
    /// Its system.
    pub system: String,
    /// Its executor.
    #[schema(value_type = words::Executor)]
    pub executor: String,
    /// Since when it waits.
    pub since: Timestamp,
    /// Why, in one sentence.
    pub reason: String,
    /// Its place among the jobs that the same agents fit: 1 is next. Absent behind more than 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
}

/// What the agents of a group do, and how much waits for them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupCapacity {
    /// The group; `all` has every agent.
    pub group: String,
    /// Agents that wait for a job.
    pub idle: u32,
    /// Agents that are promised or run a job.
    pub busy: u32,
    /// Agents that nothing is heard of.
    pub offline: u32,
    /// Agents that take no more jobs.
    pub disabled: u32,
    /// Jobs that wait for an agent of this group.
    pub waiting: u32,
    /// Whether more wait than were counted: 1,000 of each system and executor are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// A branch with its last flows: `GET /api/branches`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BranchOverview {
    /// Its id.
    #[schema(value_type = String)]
    pub id: BranchId,
    /// Its name, unique in the project.
    pub name: String,
    /// The name of the branch in the repositories.
    pub branch_name: String,
    /// Its project.
    #[schema(value_type = String)]
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Its newest flows, newest first.
    pub flows: Vec<FlowView>,
}
