//! The program as its users meet it: started as a process, against an API on a real socket.
#![allow(clippy::unwrap_used)]

mod data;
mod errors;
mod fake;
mod lists;
mod logs;
mod offline;
mod program;
mod reference;
mod run_file;
mod setup;
mod up;
mod wait;
