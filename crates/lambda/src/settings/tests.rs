//! The intervals fit together.

use super::settings;

#[test]
fn a_lease_outlasts_two_lost_renewals() {
    let intervals = settings().intervals;
    assert!(intervals.lease_s >= 3 * intervals.heartbeat_s);
}

#[test]
fn two_lost_heartbeats_do_not_make_an_agent_silent() {
    let settings = settings();
    let longest = settings.intervals.idle_heartbeat_s.max(settings.intervals.heartbeat_s);
    // The heartbeat's own way, and agents' clocks, take some of it.
    assert!(settings.silent_after_s >= i64::from(2 * longest) + 30);
}

#[test]
fn an_agent_waits_as_long_as_the_queue_service_lets_it() {
    assert_eq!(settings().intervals.poll_wait_s, 20);
}
