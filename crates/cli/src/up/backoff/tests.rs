use super::*;

#[test]
fn the_wait_doubles_up_to_half_a_minute() {
    let mut backoff = Backoff::default();
    let waits: Vec<u64> = (0..8).map(|_| backoff.died(Duration::ZERO).as_secs()).collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn having_run_well_forgets_earlier_deaths() {
    let mut backoff = Backoff::default();
    for _ in 0..5 {
        backoff.died(Duration::ZERO);
    }
    assert_eq!(backoff.died(Duration::from_secs(60)).as_secs(), 1);
    assert_eq!(backoff.died(Duration::ZERO).as_secs(), 2);
}
