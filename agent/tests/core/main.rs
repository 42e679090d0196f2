//! The agent against the real wire: a small server speaking `/api/agent/*`, and the embedded queue and object store, all on one port.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod artifacts;
mod far;
mod faults;
mod jobs;
mod local;
mod logs;
mod setup;
mod stops;
