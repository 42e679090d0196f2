//! The services of one machine: what AWS offers the functions in the cloud, embedded in the process at home.
//!
//! Every engine opens on a directory of its own, survives `kill -9` with all that it acknowledged, never blocks the
//! async runtime, and is reached through the same `aws-sdk-*` clients that talk to AWS (the log search has an
//! interface of its own). Nothing in here knows the domain.

pub mod auth;
pub mod bus;
pub mod clock;
pub mod dynamodb;
pub mod front;
mod group_commit;
mod in_process;
mod lean_client;
pub mod logs;
pub mod meter;
pub mod s3;
pub mod sqs;
