//! Projects, branches, stages, tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kraken_domain::{BranchId, FlowId, ProjectId, StageId, TokenId, access::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FieldProblem, ParameterView, RepoHeadView, SourceView, words};

/// A project.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProjectView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProjectId,
    /// Its name, unique.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// `POST /api/projects`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// Its name: 1 to 200 characters, unique.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
}

/// A branch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BranchView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: BranchId,
    /// Its project.
    #[schema(value_type = String)]
    pub project: ProjectId,
    /// Its name, unique in the project.
    pub name: String,
    /// The name of the branch in the repositories.
    pub branch_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Environment variables of every step.
    pub env_vars: BTreeMap<String, String>,
    /// When it was put away: nothing starts in it until it is brought back. Absent while it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
    /// Whether its badges and feeds are for everyone, without a token.
    #[serde(default)]
    pub public: bool,
}

/// `PUT /api/branches/{branch}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchChange {
    /// Another name: 1 to 200 characters, unique in the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another name of the branch in the repositories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_name: Option<String>,
    /// `true` puts the branch away: nothing starts in it; `false` brings it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Whether its badges and feeds are for everyone, without a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
}

/// `POST /api/branches/{branch}/fork`: a new branch of the same project with copies of this one's stages and variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchFork {
    /// Its name: 1 to 200 characters, unique in the project.
    pub name: String,
    /// The name of the branch in the repositories; `name` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_name: Option<String>,
    /// Where its flows and runs begin to count.
    #[serde(default)]
    pub numbering: Numbering,
    /// Whether it gets copies of the branch's own secrets. Else those must be set in it; its project's are its own anyway.
    #[serde(default)]
    pub secrets: bool,
}

/// Where the flows and runs of a forked branch begin to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// At one.
    #[default]
    Restart,
    /// Where the branch that it comes from has got to.
    Continue,
}

/// `POST /api/branches/{branch}/move`: the branch with all that is its own belongs to another project from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchMove {
    /// The id of that project.
    #[schema(value_type = String)]
    pub project: ProjectId,
}

/// `POST /api/projects/{project}/branches`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBranch {
    /// Its name: 1 to 200 characters, unique in the project.
    pub name: String,
    /// The name of the branch in the repositories; `name` when absent.
    #[serde(default)]
    pub branch_name: Option<String>,
    /// Environment variables of every step.
    #[serde(default)]
    pub env_vars: BTreeMap<String, String>,
}

/// A stage.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StageView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: StageId,
    /// Its branch.
    #[schema(value_type = String)]
    pub branch: BranchId,
    /// Its name, unique in the branch.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Whether new flows run it.
    pub enabled: bool,
    /// The stages it waits for; empty for a root stage.
    pub parents: Vec<String>,
    /// Its code; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// SHA-256 of its code. Send it back as `if_sha256` when saving, so as not to undo somebody else's change.
    pub code_sha256: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its code last changed.
    pub updated_at: Timestamp,
    /// What starts it by the clock; empty while it is disabled.
    #[serde(default)]
    pub triggers: Vec<TriggerView>,
    /// What a person is asked who starts it, as its code says.
    #[serde(default)]
    pub parameters: Vec<ParameterView>,
    /// Where its code is, if that is a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceView>,
}

/// What starts a stage by the clock.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TriggerView {
    /// `interval`, `date`, `cron` or `repo`.
    pub kind: String,
    /// Seconds between two starts of `interval`, between two looks of `repo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_s: Option<u64>,
    /// The rule of `cron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// The time zone that the rule of `cron` is read in, by its IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// When it comes next; absent when it never does again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_due: Option<Timestamp>,
    /// When it came last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_due: Option<Timestamp>,
    /// The flow that it started then; absent when it started nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_flow: Option<FlowId>,
    /// Whether that time was passed over, as nobody looked for more than an hour.
    #[serde(default)]
    pub last_skipped: bool,
    /// When its repositories were looked at last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_looked: Option<Timestamp>,
    /// What kept that look from seeing all of them; absent when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// The repositories that it looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repos: Vec<RepoHeadView>,
}

/// `POST /api/branches/{branch}/stages`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    /// Its name: 1 to 200 characters, unique in the branch.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// Its code: Starlark that defines `stage(ctx)`.
    pub code: String,
}

/// `PUT /api/stages/{stage}`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageChange {
    /// New code.
    #[serde(default)]
    pub code: Option<String>,
    /// New description.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether new flows run it.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Refuse (`409`) unless the stored code still has this SHA-256.
    #[serde(default)]
    pub if_sha256: Option<String>,
}

/// `POST /api/branches/{branch}/stages/check`: would this code be accepted?
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageCheck {
    /// The stage's name, new or existing.
    pub name: String,
    /// Its code.
    pub code: String,
}

/// Answer to [`StageCheck`].
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StageChecked {
    /// Whether it would be accepted.
    pub ok: bool,
    /// All that is wrong.
    pub problems: Vec<FieldProblem>,
    /// The jobs that a run of it would have, when it is right.
    pub jobs: Vec<PlannedJob>,
    /// What a person would be asked who starts it, when it is right.
    #[serde(default)]
    pub parameters: Vec<ParameterView>,
}

/// A job that a run would have.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PlannedJob {
    /// Its name.
    pub name: String,
    /// Its system.
    pub system: String,
    /// Its executor.
    pub executor: String,
    /// Its agents group.
    pub agents_group: String,
    /// The config that applies.
    #[serde(default)]
    pub config: String,
    /// Seconds that it may take.
    #[serde(default)]
    pub timeout_s: u32,
    /// Names of the jobs that must have finished without error first.
    #[serde(default)]
    pub needs: Vec<String>,
    /// How many steps it has.
    pub steps: u32,
    /// Its steps. Absent where those of all jobs were too many for one answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step_list: Vec<PlannedStep>,
}

/// A step that a job would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedStep {
    /// What people see.
    pub name: String,
    /// Its tool: `name` or `name@version`.
    pub tool: String,
}

/// A token, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What its bearer may do.
    pub grants: Vec<GrantView>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A role in a project, or over all of them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantView {
    /// The project; absent: all of them, and the system.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// `viewer`, `user` or `admin`.
    #[schema(value_type = words::Role)]
    pub role: Role,
}

/// `POST /api/tokens`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What its bearer may do; at most what the maker may.
    pub grants: Vec<GrantView>,
    /// When it ends; never when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A new token; the only time its secret is seen.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenMade {
    /// The token.
    #[serde(flatten)]
    pub token: TokenView,
    /// Send it as `Authorization: Bearer …`.
    pub secret: String,
}
