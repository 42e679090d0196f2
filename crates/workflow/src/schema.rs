//! What a stage is made of: the typed model, and the tables of keys that everything else follows.
//!
//! Invariant: the tables (`table`, `tools`) are the one list of keys. The check of shapes walks them, the published
//! JSON Schema is written from them, and a test holds the typed model to them.

mod catalogue;
mod json_schema;
mod model;
mod nearest;
mod shape;
mod table;
mod tools;

pub use catalogue::{ToolFields, step_fields_schema, tool_catalogue};
pub use json_schema::workflow_schema;
pub use model::{
    AgentsEnvironment, Concurrency, Config, DEFAULT_CONFIG, DEFAULT_JOB_TIMEOUT_S, DEFAULT_RUN_TIMEOUT_S, DEFAULT_WHEN, Discord, Email,
    Event, GitHost, JobSpec, MIN_JOB_TIMEOUT_S, Notification, Parameter, ROOT, RepoBranch, RepoTrigger, Slack, StageSchema, StepSpec,
    Triggers, Webhook, WebhookFilter, WebhookTrigger,
};
pub(crate) use nearest::did_you_mean;
pub(crate) use shape::check_shape;
pub use tools::is_builtin_tool;
pub(crate) use tools::{builtin_versions, split_tool, tool_named, tool_names};

#[cfg(test)]
mod tests;
