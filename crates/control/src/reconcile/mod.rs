//! Reconcilers: woken or timed, without facts from what woke them. Each looks at the truth, does what is owed, and may run at
//! any time, twice, or beside itself.

mod agents;
mod deliveries;
mod durations;
mod flow;
mod groups;
mod jobs;
mod moving;
mod needs;
mod repo_triggers;
mod retention;
mod retention_flow;
mod run;
mod schedule;
mod touched;
mod triggers;

pub(crate) use groups::Entered;
pub(crate) use retention::Rest;
