use super::*;

#[test]
fn pauses_grow_and_end_in_time() {
    let millis = |patience: u64| pauses(Duration::from_millis(patience)).map(|pause| pause.as_millis()).collect::<Vec<_>>();
    assert_eq!(millis(6000), [100, 200, 400, 800, 1600]);
    assert_eq!(millis(20_000), [100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000, 3000]);
    assert!(millis(99).is_empty());
}
