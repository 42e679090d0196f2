//! The program on a build host: takes jobs, runs their steps in an executor, and brings logs and artifacts away.
//!
//! Three things go on at the same time and know little of each other: the session is kept alive ([`session`]), the queue is listened
//! to ([`poll`]), and at most one job is held ([`work`]). A message on the queue says only "look"; facts come from the API.

pub mod agent;
pub mod api;
pub mod artifacts;
pub mod data;
pub mod executor;
pub mod facts;
pub mod identity;
pub mod local;
pub mod log;
pub mod memory;
pub mod notify;
pub mod own_log;
pub mod poll;
pub mod session;
pub mod signals;
pub mod work;
