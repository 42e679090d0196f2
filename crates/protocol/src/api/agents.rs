//! Agents, groups, enrolment tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kraken_domain::{AgentId, JobId, ProjectId, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;

/// An agent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgentView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: AgentId,
    /// What people call it.
    pub name: String,
    /// `discovered`, `idle`, `busy`, `offline`, `disabled` or `deleted`.
    #[schema(value_type = words::AgentState)]
    pub state: String,
    /// The job it is promised or runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub job: Option<JobId>,
    /// Its groups, besides `all`.
    pub groups: Vec<String>,
    /// The host's name.
    pub host: String,
    /// Operating system and version: `debian-12`.
    pub system: String,
    /// `x86_64`, `aarch64`.
    pub architecture: String,
    /// CPUs.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Free disk space of the work directory in bytes.
    pub disk_free_bytes: u64,
    /// Executors that work there → version.
    pub executors: BTreeMap<String, String>,
    /// The agent's version.
    pub version: String,
    /// What its owner says of it.
    pub labels: BTreeMap<String, String>,
    /// When it joined.
    pub created_at: Timestamp,
    /// When it was last heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
}

/// An agents group.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupView {
    /// Its name.
    pub name: String,
    /// The one project that may use it; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// What it is about.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// `POST /api/groups`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Its name: letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// The one project that may use it; absent: all.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// What it is about.
    #[serde(default)]
    pub description: String,
}

/// `PUT /api/agents/{agent}/groups`: the groups it is in from now on, besides `all`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentGroups {
    /// Names of groups.
    pub groups: Vec<String>,
}

/// `POST /api/enrolment-tokens`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolmentToken {
    /// The groups that agents are put into, besides `all`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Whether more than one agent may use it.
    #[serde(default)]
    pub reusable: bool,
    /// When it ends; after a day when absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// An enrolment token, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentTokenView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TokenId,
    /// The groups that agents are put into.
    pub groups: Vec<String>,
    /// Whether more than one agent may use it.
    pub reusable: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A new enrolment token; the only time its secret is seen.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentTokenMade {
    /// The token.
    #[serde(flatten)]
    pub token: EnrolmentTokenView,
    /// Give it to `kraken-agent enrol`.
    pub secret: String,
}
