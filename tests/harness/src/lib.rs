//! The whole system in a test: the server in this process with a clock that can be moved, agents as the real program, all
//! over real sockets, all in a directory that goes with the test.
//!
//! Nothing is replaced by a stand-in. Waiting is for a condition, with a deadline that says what was waited for.

mod agent;
mod api;
mod home;
mod programs;
mod stages;
mod wait;

pub use agent::AgentProcess;
pub use api::{Api, ApiFailure};
pub use home::Home;
pub use programs::{program, require};
pub use stages::{shell, stage};
pub use wait::{eventually, wait_until};
