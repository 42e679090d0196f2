//! A stage, typed: what its code said, with every default filled in. This is what is stored with a run.

mod job;
mod notification;
mod one_or_many;
mod trigger;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use job::{AgentsEnvironment, JobSpec, StepSpec};
pub use notification::{Discord, Email, Event, GitHost, Notification, Slack, Webhook};
pub use trigger::{RepoBranch, RepoTrigger, Triggers, WebhookFilter, WebhookTrigger};

use super::shape::check_shape;
use crate::problem::{Problem, Rule};

/// Limit of a run, where the stage says none, in seconds.
pub const DEFAULT_RUN_TIMEOUT_S: u32 = 10_800;
/// Limit of a job, where the stage says none, in seconds.
pub const DEFAULT_JOB_TIMEOUT_S: u32 = 300;
/// The shortest limit that a job may have, in seconds.
pub const MIN_JOB_TIMEOUT_S: u32 = 30;

/// The parent of a stage that waits for no other.
pub const ROOT: &str = "root";
/// The config that applies where an environment names none.
pub const DEFAULT_CONFIG: &str = "default";
/// The `when` of a step that says none.
pub const DEFAULT_WHEN: &str = "was_no_error";

/// A stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSchema {
    /// `root`, or the stages that it waits for.
    #[serde(deserialize_with = "one_or_many::deserialize")]
    pub parent: Vec<String>,
    /// What starts it.
    #[serde(default)]
    pub triggers: Triggers,
    /// The form that a person sees who starts it.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// Named sets of values.
    #[serde(default)]
    pub configs: Vec<Config>,
    /// Template of the flow's display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_label: Option<String>,
    /// Template of the run's display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_label: Option<String>,
    /// Limit of the run, in seconds.
    #[serde(default = "run_timeout")]
    pub timeout: u32,
    /// Which runs supersede each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// The jobs.
    pub jobs: Vec<JobSpec>,
    /// Whom to tell.
    #[serde(default)]
    pub notification: Notification,
}

fn run_timeout() -> u32 {
    DEFAULT_RUN_TIMEOUT_S
}

impl StageSchema {
    /// Reads what a stage's code returned.
    ///
    /// # Errors
    /// Every problem of its shape: unknown keys, missing ones, values of the wrong kind, times that cannot be read. What
    /// lies outside of the stage (parents, secrets, groups) is for [`crate::check`].
    pub fn from_value(stage: &Value) -> Result<Self, Vec<Problem>> {
        let (checked, problems) = check_shape(stage);
        if !problems.is_empty() {
            return Err(problems);
        }
        Self::from_checked(checked).map_err(|problem| vec![problem])
    }

    pub(crate) fn from_checked(checked: Value) -> Result<Self, Problem> {
        serde_json::from_value(checked).map_err(|error| {
            // The tables and the types are held together by a test, so this is a fault of ours, not of the stage's.
            Problem { rule: Rule::Shape, path: String::new(), line: None, message: format!("the stage cannot be read: {error}") }
        })
    }

    /// The stages that it waits for; none for a root stage.
    pub fn parents(&self) -> Vec<String> {
        self.parent.iter().filter(|parent| *parent != ROOT).cloned().collect()
    }

    /// Whether it starts by itself: a root stage with each flow, a child when its parents are done.
    pub fn starts_with_parent(&self) -> bool {
        let is_root = self.parents().is_empty();
        self.triggers.parent.unwrap_or(is_root || self.triggers.is_empty())
    }

    /// Whether its runs wait for a person to start them.
    pub fn is_manual(&self) -> bool {
        self.triggers.manual.unwrap_or(false)
    }

    /// The parameters' defaults: the arguments of a run that nobody gave any.
    pub fn default_args(&self) -> Map<String, Value> {
        self.parameters.iter().map(|parameter| (parameter.name.clone(), Value::from(parameter.default.clone()))).collect()
    }

    /// The values of the config of that name; none where the stage has no such config.
    pub fn config(&self, name: &str) -> Map<String, Value> {
        self.configs.iter().find(|config| config.name == name).map(|config| config.values.clone()).unwrap_or_default()
    }
}

/// An entry of the form that a person sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// How the argument is named.
    pub name: String,
    /// What it is; only `string` so far.
    #[serde(default = "string", rename = "type")]
    pub kind: String,
    /// Its value unless somebody gives another.
    #[serde(default)]
    pub default: String,
    /// What people are told about it.
    #[serde(default)]
    pub description: String,
    /// The values to choose from; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

fn string() -> String {
    "string".to_owned()
}

/// A named set of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How environments name it.
    pub name: String,
    /// The values: texts, numbers, booleans.
    #[serde(default)]
    pub values: Map<String, Value>,
}

/// Which runs supersede each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concurrency {
    /// Template of the group's name; `None` for stage, kind of flow and branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether a new run cancels the older ones of its group.
    #[serde(default)]
    pub cancel_in_progress: bool,
}
