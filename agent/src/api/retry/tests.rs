use super::*;

#[test]
fn pauses_grow_from_50_ms_to_5_s() {
    let pauses: Vec<u128> = (0..14).map(|failures| Retry::FOR_EVER.pause(failures, 1.0).as_millis()).collect();
    assert_eq!(pauses[..4], [50, 75, 112, 168]);
    assert_eq!(pauses[12..], [5000, 5000]);
    assert_eq!(Retry::FOR_EVER.pause(u32::MAX, 1.0), Duration::from_secs(5));
}

#[test]
fn chance_moves_a_pause_within_its_upper_half() {
    assert_eq!(Retry::FOR_EVER.pause(0, 0.0), Duration::from_millis(25));
    assert_eq!(Retry::FOR_EVER.pause(0, 7.0), Duration::from_millis(50));
}

#[test]
fn an_outage_is_over_for_us_at_most_half_its_length_later() {
    let mut waited = Duration::ZERO;
    for failures in 0..20 {
        let pause = Retry::FOR_EVER.pause(failures, 1.0);
        waited += pause;
        let lag_allowed = (waited / 2).max(Duration::from_millis(100));
        assert!(pause <= lag_allowed, "after {waited:?} a pause of {pause:?}");
    }
}

#[test]
fn giving_up_is_a_matter_of_time() {
    let retry = Retry::for_at_most(Duration::from_secs(5));
    assert!(!retry.is_over(Duration::from_secs(5)));
    assert!(retry.is_over(Duration::from_secs(6)));
    assert!(!Retry::FOR_EVER.is_over(Duration::MAX));
}
