use super::*;

#[test]
fn three_samples_teach_nothing() {
    assert_eq!(limit(300, &[1000, 1000, 1000]), TimeLimit { seconds: 300, origin: LimitOrigin::Stage });
}

#[test]
fn four_samples_give_1_7_times_the_longest() {
    let learnt = limit(300, &[900, 1000, 800, 950]);
    assert_eq!(learnt, TimeLimit { seconds: 1700, origin: LimitOrigin::Learnt { samples: 4, longest_s: 1000 } });
}

#[test]
fn only_the_newest_ten_count() {
    let mut durations = vec![1000; 10];
    durations.push(50_000);
    assert_eq!(limit(30, &durations).seconds, 1700);
}

#[test]
fn the_learnt_limit_has_bounds() {
    assert_eq!(limit(30, &[1, 1, 1, 1]).seconds, 60);
    assert_eq!(limit(30, &[u32::MAX; 4]).seconds, 3 * 24 * 3600);
}

#[test]
fn the_stages_own_limit_wins_when_it_is_larger() {
    assert_eq!(limit(10_800, &[100; 5]), TimeLimit { seconds: 10_800, origin: LimitOrigin::Stage });
}
