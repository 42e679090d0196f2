#![allow(clippy::unwrap_used)]

use super::*;

fn waits(pairs: &[(&str, &[&str])]) -> Waits {
    pairs.iter().map(|(name, others)| ((*name).to_owned(), others.iter().map(|other| (*other).to_owned()).collect())).collect()
}

#[test]
fn the_way_is_the_shortest() {
    let waits = waits(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["b"]), ("d", &["a", "gone"])]);
    assert_eq!(way("a", "a", &waits), Some(vec!["a"]));
    assert_eq!(way("a", "c", &waits), Some(vec!["c", "b", "d", "a"]));
    assert_eq!(way("nobody", "a", &waits), None);
    assert_eq!(way("gone", "gone", &waits), Some(vec!["gone"]));
}

#[test]
fn who_waits_for_a_circle_is_never_done() {
    let waits = waits(&[
        ("a", &["b"]),
        ("b", &["a"]),
        ("after", &["a", "fine"]),
        ("fine", &["gone"]),
        ("self", &["self"]),
        ("twice", &["fine", "fine"]),
    ]);
    assert_eq!(never_done(&waits), BTreeSet::from(["a", "b", "after", "self"]));
}

#[test]
fn long_chains_are_walked_once() {
    let name = |n: usize| format!("j{n}");
    let chain: Waits = (0..100_000).map(|n| (name(n), if n == 0 { Vec::new() } else { vec![name(n - 1)] })).collect();
    assert!(never_done(&chain).is_empty());
    assert_eq!(way("j0", "j99999", &chain).unwrap().len(), 100_000);
}
