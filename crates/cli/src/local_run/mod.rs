//! A stage on this machine, without any server: the language of stages and the code of the agent are the very same.

mod perform;
mod plan;
mod shown;

pub use perform::{Setup, perform};
pub use plan::{Given, LocalJob, Planned, plan};
