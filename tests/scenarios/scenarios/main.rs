//! What people and machines do with the whole system, and what they then see.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod bad_input;
mod faults;
mod life;
mod misbehaviour;
mod one_job;
