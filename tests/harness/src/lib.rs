//! The whole system in a test: the server in this process with a clock that can be moved, agents as the real program, all
//! over real sockets, all in a directory that goes with the test.
//!
//! Nothing is replaced by a stand-in. Waiting is for a condition, with a deadline that says what was waited for. A story ends with
//! [`Home::end`], which fails when anything of a job is left: a process, a workspace, a spool.

mod agent;
mod api;
mod by_hand;
mod deployment;
mod far_bus;
mod far_side;
mod flows;
mod git_host;
mod git_repo;
mod git_server;
mod hearer;
mod home;
pub mod leftovers;
mod mailbox;
mod midway;
mod processes;
mod programs;
mod seen;
mod server;
mod stages;
mod wait;
mod wire;

pub use agent::AgentProcess;
pub use api::{Api, ApiFailure, refusal};
pub use by_hand::{HandAgent, Offer};
pub use deployment::Deployment;
pub use far_bus::{FarBus, Mood};
pub use far_side::{FarSide, Reply, Told};
pub use flows::ended;
pub use git_host::{FarGitHost, recorded};
pub use git_repo::GitRepo;
pub use git_server::{Asked, GitServer, Manners};
pub use hearer::Hearer;
pub use home::{Home, settings};
pub use kraken_engines::meter::Meter;
pub use mailbox::{Mailbox, Received};
pub use midway::{go_on_for, go_on_until, live_for};
pub use processes::{Process, Sleeper};
pub use programs::{program, require};
pub use seen::all_is_seen;
pub use server::ServerProcess;
pub use stages::{child, code, job, shell, stage};
pub use wait::{eventually, eventually_within, wait_until};
pub use wire::Wire;
