//! What travels between agent, API and tool.
//!
//! Append-only: fields are added with a default, never renamed or removed; unknown fields are ignored. Agent, tool and server may
//! differ by one minor version. Recorded examples in `tests/recorded/` must keep decoding.

pub mod agent;
pub mod ansi;
pub mod answer;
pub mod api;
pub mod log;
pub mod tool;
