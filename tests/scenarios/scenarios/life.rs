//! What the system is for, when nothing goes wrong.

mod access;
mod agents;
mod arguments;
mod artifacts;
mod chain;
mod concurrency;
mod enrolment;
mod events;
mod git;
mod logs;
mod manual;
mod moving;
mod older;
pub(crate) mod needs;
pub(crate) mod notices;
mod pages;
mod queue;
mod repo_triggers;
mod search;
mod signing_in;
mod secrets;
mod stage_sources;
mod steps;
mod triggers;
mod webhooks;
mod variables;
