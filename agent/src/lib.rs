//! The program on a build host.

pub mod executor;
