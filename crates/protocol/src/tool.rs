//! Agent ⇄ tool: how a step is described to a tool, what a tool may say while it works, and how an agent steers the supervisor
//! that runs the tools of one job.
//!
//! The agent starts `<tool> run`. The first line on the tool's standard input is a [`Step`]; the input then stays open and carries
//! one [`Reply`] per line for what the tool asks. Its end means that nobody waits any more: stop, leave nothing running.
//! The tool writes one [`Event`] per line to the descriptor that the variable [`EVENTS_FD_VAR`] names ([`EVENTS_FD`] unless said
//! otherwise). Standard output and error are the job's log, byte for byte, and never carry events.
//!
//! Append-only: a field is added with a default and never renamed or removed; unknown fields are ignored; an unknown event, request or
//! reply decodes as `Unknown`. What was recorded from earlier versions must keep decoding (`tests/recorded/`).

mod event;
mod request;
mod step;
pub mod supervisor;
#[cfg(test)]
mod tests;

pub use event::{
    AnnouncedTest, Artifact, Data, DataOperation, Event, Finished, Issue, IssueType, Log, Reason, Started, Stream, TestResult, TestStatus,
};
pub use request::{Answer, Ask, FileEntry, Reply, Request};
pub use step::{Step, Trigger};

/// Version of this protocol. A tool that meets a higher one goes on: all changes are additions.
pub const VERSION: u32 = 1;

/// Environment variable with the number of the descriptor that takes events.
pub const EVENTS_FD_VAR: &str = "KRAKEN_TOOL_EVENTS_FD";

/// The descriptor that takes events when [`EVENTS_FD_VAR`] is not set.
pub const EVENTS_FD: i32 = 3;

/// Environment variable that every process of a job carries, so that leftovers can be found: the job's mark.
pub const MARK_VAR: &str = "KRAKEN_JOB_MARK";

/// Folder in the workspace that belongs to agent and tool: `inbox/`, `outbox/`, scripts and keys of the running step.
pub const PRIVATE_DIR: &str = ".kraken";

/// Longest line, in bytes and with its line feed, that either side has to accept.
pub const LINE_BYTES_MAX: usize = 16 << 20;

/// A batch of results, issues or files is sent when it has this many items (or is a second old).
pub const BATCH_ITEMS: usize = 100;
