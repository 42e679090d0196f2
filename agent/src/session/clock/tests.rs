use jiff::SignedDuration;

use super::*;

#[test]
fn a_host_that_is_minutes_off_signs_with_the_servers_time() {
    let clock = ServerClock::default();
    for minutes in [5, -5] {
        let here = Timestamp::now();
        let server = here + SignedDuration::from_mins(minutes);
        assert_eq!(clock.learn(server, here), Some(Duration::from_secs(300)));
        assert_eq!(clock.learn(server, here), None, "it is known already");
        let now = Timestamp::try_from(clock.now()).unwrap_or_default();
        assert!((now - server).get_seconds().abs() <= 1);
    }
}

#[test]
fn the_way_through_the_network_is_no_difference() {
    let clock = ServerClock::default();
    let here = Timestamp::now();
    assert_eq!(clock.learn(here + SignedDuration::from_millis(1500), here), None);
    assert_eq!(clock.ahead_ms.load(Ordering::Relaxed), 0);
}
