//! The program that runs inside a job's executor: the built-in tools, and the supervisor that runs tools one after the other and
//! leaves nothing behind.
//!
//! It starts in about a millisecond, is one thread (but for the watch over a disk quota), links statically and needs neither a runtime
//! nor a network of its own: files travel between workspace and object store through the agent. Invariant: when a mode's `main` returns,
//! no process that it was asked to end is left running, or it has said which.

mod channel;
mod failure;
mod fields;
mod list;
mod process;
mod run;
pub mod supervise;
mod sweep;
mod tools;

pub use list::main as list_main;
pub use process::user::exec_as_main;
pub use run::main as run_main;
pub use sweep::main as sweep_main;
pub use tools::jq_main;
