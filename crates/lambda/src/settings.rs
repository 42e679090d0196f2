//! What is set otherwise where every call is paid for. `docs/cost.md` says what each interval comes to.
//!
//! Invariants: a lease outlasts two renewals that are lost; an agent counts as silent only after two heartbeats that are lost.

use kraken_control::{Home, Settings};
use kraken_protocol::{agent::Intervals, answer::ANSWER_BYTES_MAX};

/// How agents and control plane go about it on AWS.
///
/// * A heartbeat is a request, a call of a function and some writes. Whether a job is to stop an agent hears by its queue at once, and an
///   idle agent that died is found out by the first job that it does not claim; so heartbeats can be rare.
/// * A piece of a live log is two stored objects: they are the dearest part of a job that brings one every second.
/// * An agent's own log is one stored object each time that it has said something.
/// * The queue service waits 20 seconds at most.
/// * A function's answer has at most 6 MB.
pub fn settings() -> Settings {
    Settings {
        home: Home::Aws,
        intervals: Intervals { heartbeat_s: 30, idle_heartbeat_s: 300, poll_wait_s: 20, log_flush_ms: 30_000, lease_s: 90, own_log_s: 300 },
        silent_after_s: 660,
        tell_starts: true,
        answer_bytes_max: Some(ANSWER_BYTES_MAX),
        ..Settings::default()
    }
}

#[cfg(test)]
mod tests;
