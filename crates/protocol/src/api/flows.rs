//! Flows, runs, jobs, artifacts, the queue.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kraken_domain::{
    AgentId, BranchId, FlowId, JobId, ProjectId, RunId, StageId,
    change::{Change, ChangeBrief},
    flow::FlowKind,
    job::Outcome,
    run::RunResult,
    step::Step,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{shapes, words};

/// `POST /api/branches/{branch}/flows`. With the header `Idempotency-Key` a repeated call gives the same flow.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFlow {
    /// `ci` (default) or `dev`.
    #[serde(default = "ci")]
    #[schema(value_type = words::FlowKind)]
    pub kind: FlowKind,
    /// Arguments: parameter name → value.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub args: BTreeMap<String, Value>,
    /// The repository branch to build; the branch's own when absent.
    #[serde(default)]
    pub branch_name: Option<String>,
}

fn ci() -> FlowKind {
    FlowKind::Ci
}

/// A flow.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FlowView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: FlowId,
    /// Its project.
    #[schema(value_type = String)]
    pub project: ProjectId,
    /// Its branch.
    #[schema(value_type = String)]
    pub branch: BranchId,
    /// `ci` or `dev`.
    #[schema(value_type = words::FlowKind)]
    pub kind: FlowKind,
    /// What people see.
    pub label: String,
    /// Its number among all flows of the branch.
    pub sequence: u64,
    /// Its number among those of its kind.
    pub own_sequence: u64,
    /// The repository branch that it builds.
    pub branch_name: String,
    /// `in_progress` or `completed`.
    #[schema(value_type = words::FlowState)]
    pub state: String,
    /// The worst of its runs' results, once it is completed: `error`, `cancelled` or `ok`. Absent in what an early version completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::RunResult>)]
    pub result: Option<RunResult>,
    /// Somebody cancelled it.
    pub cancelled: bool,
    /// What started it: `person` (somebody, or something, through the API), the trigger of a stage: `interval`, `date`, `cron`, `repo`; or
    /// `webhook`.
    #[serde(default)]
    #[schema(value_type = words::FlowReason)]
    pub reason: String,
    /// The stage whose trigger started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub trigger_stage: Option<StageId>,
    /// Who: the name of the token that was used, or who pushed. Absent where it was nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
    /// The change that it was started with, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<shapes::ChangeBrief>)]
    pub change: Option<ChangeBrief>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Somebody keeps it whatever its branch's retention says.
    #[serde(default)]
    pub kept: bool,
    /// When its logs were removed, being past their time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_logs_since: Option<Timestamp>,
    /// When its artifacts were removed, being past their time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_artifacts_since: Option<Timestamp>,
    /// When it completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// Its arguments.
    #[schema(value_type = Object)]
    pub args: BTreeMap<String, Value>,
    /// Its runs; in lists only where they are asked for, and then without their arguments; absent from the older flows of a page with thousands
    /// of runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<RunView>>,
}

/// A change that a flow was started with, as stages see it in `ctx.flow.trigger`: `trigger`, `repo`, `branch`, `ref`, `before`, `after`,
/// `commits` (`id`, `author`, `timestamp`, `message`, `added`, `modified`, `removed`, `url`), `by`, `url`, `pull_request`, `note`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct ChangeView(pub Change);

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RunView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RunId,
    /// Its flow.
    #[schema(value_type = String)]
    pub flow: FlowId,
    /// Its stage.
    #[schema(value_type = String)]
    pub stage: StageId,
    /// Its stage's name when the run was made.
    pub stage_name: String,
    /// What people see.
    pub label: String,
    /// `creating`, `manual`, `in_progress`, `completed` or `processed`.
    #[schema(value_type = words::RunState)]
    pub state: String,
    /// `ok`, `error` or `cancelled`, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::RunResult>)]
    pub result: Option<RunResult>,
    /// Why it exists: `flow`, `parents`, `person` or `trigger`.
    #[schema(value_type = words::RunReason)]
    pub reason: String,
    /// What people should know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The commit that its stage's code is of, where that is in a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_commit: Option<String>,
    /// The newer run of its group that it was cancelled for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub superseded_by: Option<RunId>,
    /// The run of the same stage that repeats this one with newer code; this one is out of what its flow comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub covered_by: Option<RunId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its jobs were let go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When the last of its jobs was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// Its arguments.
    #[schema(value_type = Object)]
    pub args: BTreeMap<String, Value>,
    /// Its jobs, counted; covered ones not.
    pub jobs: JobCounts,
}

/// How many jobs of a run are where.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct JobCounts {
    /// All.
    pub total: i64,
    /// In the queue.
    pub waiting: i64,
    /// Held by an agent.
    pub executing: i64,
    /// Over.
    pub completed: i64,
    /// Over, and not ok.
    pub error: i64,
}

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JobView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: JobId,
    /// Its run.
    #[schema(value_type = String)]
    pub run: RunId,
    /// Its flow.
    #[schema(value_type = String)]
    pub flow: FlowId,
    /// Its name in the stage.
    pub name: String,
    /// Its system.
    pub system: String,
    /// Its executor.
    #[schema(value_type = words::Executor)]
    pub executor: String,
    /// Its agents group.
    pub agents_group: String,
    /// Its config.
    pub config: String,
    /// `queued`, `assigned`, `running`, `finished` or `completed`.
    #[schema(value_type = words::JobState)]
    pub state: String,
    /// How it ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Outcome>)]
    pub outcome: Option<Outcome>,
    /// Why, in words, where one word isn't enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// It waits for other jobs of its run: see `GET /api/jobs/{job}/waiting`. Its state is `queued`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Somebody wants it to stop.
    pub stopping: bool,
    /// The agent that ran, runs or will run it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub agent: Option<AgentId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When an agent claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// Seconds it may take.
    pub timeout_s: u32,
    /// Where that limit comes from, in words.
    pub timeout_reason: String,
    /// Seconds that the last successful jobs like it took, the middle of them; absent in lists, and where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_s: Option<u32>,
    /// How often it was given to an agent.
    pub assignments: u32,
    /// The job that repeats this one; this one is out of every count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub covered_by: Option<JobId>,
    /// The job that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rerun_of: Option<JobId>,
    /// Its steps; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<shapes::StepView>>)]
    pub steps: Option<Vec<Step>>,
}

/// `GET /api/jobs/{job}/waiting`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitingView {
    /// Whether it waits at all.
    pub waiting: bool,
    /// Why, in one sentence.
    pub reason: String,
    /// How many jobs of its kind are before it (counted up to 1,000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u32>,
}

/// `POST /api/runs/{run}/rerun`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RerunRequest {
    /// `all` or `failed`.
    pub jobs: RerunWhich,
    /// All jobs, with the newest code of the stage instead of what the run was started with: as a new run of the same stage in the same flow,
    /// which covers this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub newest_code: bool,
}

/// Which jobs a rerun repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RerunWhich {
    /// All that are over.
    All,
    /// Those that are over and not ok.
    Failed,
}

/// Answer to a rerun.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Rerun {
    /// The new jobs; none where a new run repeats the whole.
    #[schema(value_type = Vec<String>)]
    pub jobs: Vec<JobId>,
    /// The new run, where the newest code was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub run: Option<RunId>,
}

/// Where a stored file is: `GET /api/runs/{run}/artifacts/{path}?address=true`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ArtifactAddress {
    /// Good for a GET, without a token.
    pub url: String,
    /// Until when.
    pub expires: Timestamp,
}

/// A file that a job stored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ArtifactView {
    /// Its path.
    pub path: String,
    /// The job that stored it.
    #[schema(value_type = String)]
    pub job: JobId,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Unix permission bits.
    pub mode: u32,
    /// Whether it may be fetched without a token.
    pub public: bool,
    /// It is the first page of a report: `GET /api/runs/{run}/artifacts/{path}?open=true` leads to where a browser shows it.
    #[serde(default)]
    pub report_entry: bool,
}
