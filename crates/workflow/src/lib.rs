//! The stage language: what users write, from text to the jobs of a run.
//!
//! ```text
//! code ──evaluate──► JSON ──check──► StageSchema ──expand──► JobPlan …
//!        (Starlark)         (tables)                          │
//!                                         step + Context ──interpolate──► clear and masked copy
//! ```
//!
//! Invariants:
//! - Pure: nothing here does I/O, is async, or gives an answer that depends on anything but its arguments. Only the limits
//!   of an evaluation look at a clock, and only to stop it.
//! - Whatever users write, every function returns, with a result or an error in words for them.
//! - A secret's value appears in the clear copy of a step and nowhere else.

mod check;
mod context;
mod eval;
mod expand;
mod interpolate;
mod order;
mod problem;
mod references;
mod schema;
mod secret;
mod time;

pub use check::{Checked, Known, Refused, RunStage, check, check_in, check_value, default_args, stage_again, stage_in_run};
pub use context::{CONTEXT_FIELDS, Context, ContextField, FLAGS, Flags, JOB_FIELDS, OLDER_NAMES, is_unknown, unknown};
pub use eval::{EvalError, Evaluated, Limits, Position, evaluate, evaluate_aloud};
pub use expand::{JobPlan, StepName, expand};
pub use interpolate::{Interpolated, InterpolationError, Interpolator, interpolate, interpolate_step, when};
pub use kraken_domain::place::Executor;
pub use order::order;
pub use problem::{Problem, Rule};
pub use references::{SecretUse, references, secret_uses};
pub use schema::{
    AgentsEnvironment, Concurrency, Config, DEFAULT_CONFIG, DEFAULT_JOB_TIMEOUT_S, DEFAULT_RUN_TIMEOUT_S, DEFAULT_WHEN, Discord, Email,
    Event, GitHost, JobSpec, MIN_JOB_TIMEOUT_S, Notification, Parameter, ROOT, RepoBranch, RepoTrigger, Slack, StageSchema, StepSpec,
    ToolFields, Triggers, Webhook, WebhookFilter, WebhookTrigger, is_builtin_tool, step_fields_schema, tool_catalogue, workflow_schema,
};
pub use secret::{MASK, Secret, SecretKind, Secrets, unopened};
pub use time::{LONGEST_S, format_duration, parse_date, parse_duration};
