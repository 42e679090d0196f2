//! Environment variables and numbers of a branch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The environment variables of every step of a branch, and the version of what was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VariablesView {
    /// Goes up with every change of the branch. Send it back when changing the variables, so as not to undo somebody else's change.
    pub version: u64,
    /// The variables, by name.
    pub variables: BTreeMap<String, String>,
}

/// `PUT /api/branches/{branch}/env`: all variables as they are from now on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVariables {
    /// The version that was read before; another one by now is a conflict, and nothing changes.
    pub version: u64,
    /// The variables, by name: A to Z, a to z, digits and `_`. At most 200, and 24 KiB together.
    pub variables: BTreeMap<String, String>,
}

/// The numbers that come next in a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SequencesView {
    /// Of the next flow: `flow.seq.shared`.
    pub flow: u64,
    /// Of the next CI flow: `flow.seq.own`.
    pub ci: u64,
    /// Of the next DEV flow: `flow.seq.own`.
    pub dev: u64,
    /// Of the next run of each stage, by the stage's name: `run.seq.shared`.
    pub stages: BTreeMap<String, u64>,
    /// Of the next run of each stage in a CI flow: `run.seq.own`.
    #[serde(default)]
    pub stages_ci: BTreeMap<String, u64>,
    /// Of the next run of each stage in a DEV flow: `run.seq.own`.
    #[serde(default)]
    pub stages_dev: BTreeMap<String, u64>,
}

/// `PUT /api/branches/{branch}/sequences`: which numbers come next. What is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSequences {
    /// Of the next flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<u64>,
    /// Of the next CI flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<u64>,
    /// Of the next DEV flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev: Option<u64>,
    /// Of the next run of stages, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stages: BTreeMap<String, u64>,
    /// Of the next run of stages in a CI flow, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stages_ci: BTreeMap<String, u64>,
    /// Of the next run of stages in a DEV flow, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stages_dev: BTreeMap<String, u64>,
    /// Also back to numbers that were there before: labels are then no longer unique.
    #[serde(default)]
    pub force: bool,
}
