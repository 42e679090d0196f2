//! What a stage can see: the data behind `ctx` in its code and behind `#{}` in its texts.
//!
//! The caller builds the tree from what it knows; nothing here looks anything up. What is not known yet is
//! [`unknown`]: evaluation goes on with it, whatever it is asked.

mod fields;

use kraken_domain::{flow::FlowKind, step::StepStatus};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use fields::{CONTEXT_FIELDS, ContextField, FLAGS, JOB_FIELDS, OLDER_NAMES};

use crate::secret::Secrets;

/// The mark of a value that is not known yet. A control character keeps it apart from anything a user could mean.
pub(crate) const UNKNOWN: &str = "\u{1}unknown";

/// A value that is not known yet: in a stage's code, attribute and index access on it give an unknown again,
/// iteration gives nothing, and comparison gives False.
pub fn unknown() -> Value {
    Value::String(UNKNOWN.to_owned())
}

/// Whether `value` is an [`unknown`] one, or a text made with one.
pub fn is_unknown(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains(UNKNOWN))
}

/// All that a stage can see. Each part is JSON with the fields that its documentation names; user data may hold anything.
///
/// It can be sent to where it is used; the secrets are left out of that and travel by themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// `id, created, name, description, data`.
    pub project: Value,
    /// `id, created, name, branch_name, retention_policy, env_vars, data, data_ci, data_dev, project_id, project_name`.
    pub branch: Value,
    /// `id, created, name, description`.
    pub stage: Value,
    /// `id, label, created, kind ("ci" or "dev"), branch_name, args, trigger (first change record), seq {shared, own}, data`.
    pub flow: Value,
    /// `id, label, created, seq {shared, own}, args, reason`.
    pub run: Value,
    /// `id, created, name, steps[]`, each of the steps like [`Context::step`].
    pub job: Value,
    /// `id, index, name, tool, cmd, status (number), result {duration, msg, reason, retcode}`.
    pub step: Value,
    /// The run's arguments.
    pub args: Value,
    /// The branch's environment variables.
    pub env: Value,
    /// The values of the set that the job's environment names.
    pub config: Value,
    /// The secrets; `None` where it is not known which there are. In a stage's *code* a secret is only the reference
    /// `#{secrets.NAME}`: what the code returns is stored, so a value must never be in it.
    #[serde(skip)]
    pub secrets: Option<Secrets>,
    /// `is_ci`, `prev_ok` and the like.
    pub flags: Flags,
}

impl Context {
    /// The context of a check without a run: every declared field exists, and what only a run can know is [`unknown`].
    pub fn placeholder(project: &str, branch: &str, stage: &str) -> Self {
        let seq = json!({"shared": 1, "own": 1});
        Self {
            project: json!({"id": unknown(), "created": unknown(), "name": project, "description": "", "data": unknown()}),
            branch: json!({
                "id": unknown(), "created": unknown(), "name": branch, "branch_name": branch, "retention_policy": unknown(),
                "env_vars": unknown(), "data": unknown(), "data_ci": unknown(), "data_dev": unknown(),
                "project_id": unknown(), "project_name": project,
            }),
            stage: json!({"id": unknown(), "created": unknown(), "name": stage, "description": ""}),
            flow: json!({
                "id": unknown(), "label": "1.", "created": unknown(), "kind": "ci", "branch_name": branch, "args": unknown(),
                "trigger": unknown(), "seq": seq, "data": unknown(),
            }),
            run: json!({
                "id": unknown(), "label": "1.", "created": unknown(), "seq": seq, "args": unknown(), "reason": unknown(),
            }),
            job: unknown(),
            step: unknown(),
            args: unknown(),
            env: unknown(),
            config: unknown(),
            secrets: None,
            flags: Flags::default(),
        }
    }

    /// The same context with these arguments.
    #[must_use]
    pub fn with_args(mut self, args: Map<String, Value>) -> Self {
        self.args = Value::Object(args);
        self
    }

    /// The same context with [`crate::MASK`] for every secret value.
    pub(crate) fn masked(&self) -> Self {
        let masked = |secrets: &Secrets| secrets.iter().map(|(name, secret)| (name.clone(), secret.masked())).collect();
        Self { secrets: self.secrets.as_ref().map(masked), ..self.clone() }
    }

    /// The parts by the names that stages use, without secrets and flags.
    pub(crate) fn parts(&self) -> [(&'static str, &Value); 10] {
        [
            ("project", &self.project),
            ("branch", &self.branch),
            ("stage", &self.stage),
            ("flow", &self.flow),
            ("run", &self.run),
            ("job", &self.job),
            ("step", &self.step),
            ("args", &self.args),
            ("env", &self.env),
            ("config", &self.config),
        ]
    }
}

/// The words that a `when` is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// What the flow is for; `is_ci` and `is_dev` follow from it.
    pub kind: FlowKind,
    /// Whether the step before succeeded or was skipped; true before the first step.
    pub prev_ok: bool,
    /// Whether any earlier step of the job failed. `was_no_error` is its opposite.
    pub was_any_error: bool,
}

impl Default for Flags {
    fn default() -> Self {
        Self { kind: FlowKind::Ci, prev_ok: true, was_any_error: false }
    }
}

impl Flags {
    /// The flags of the step that comes after `earlier` ones (in their order). A skipped step counts as success.
    pub fn after(kind: FlowKind, earlier: &[StepStatus]) -> Self {
        let failed = |status: &StepStatus| *status == StepStatus::Error;
        Self { kind, prev_ok: !earlier.last().is_some_and(failed), was_any_error: earlier.iter().any(failed) }
    }

    /// The flags by the names that stages use.
    pub(crate) fn named(self) -> [(&'static str, bool); 7] {
        [
            ("is_ci", self.kind == FlowKind::Ci),
            ("is_dev", self.kind == FlowKind::Dev),
            ("prev_ok", self.prev_ok),
            ("was_any_error", self.was_any_error),
            ("was_no_error", !self.was_any_error),
            ("always", true),
            ("never", false),
        ]
    }
}

#[cfg(test)]
mod tests;
