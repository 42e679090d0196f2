#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn hard_links_count_once_and_holes_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("x")).unwrap();
    fs::write(folder.path().join("x/a"), vec![1; 1 << 20]).unwrap();
    fs::hard_link(folder.path().join("x/a"), folder.path().join("b")).unwrap();
    fs::File::create(folder.path().join("hole")).unwrap().set_len(1 << 30).unwrap();
    let bytes = bytes_below(folder.path());
    assert!((1 << 20..2 << 20).contains(&bytes), "{bytes}");
}

#[test]
fn a_walk_stays_good_until_the_file_system_lost_what_was_left() {
    let walk = |age, took| Walk { ended: Instant::now().checked_sub(age).unwrap(), took, workspace_bytes: 60, free_bytes: 1000 };
    let second = Duration::from_secs(1);
    assert!(walk(second, Duration::ZERO).is_good(100, 960));
    assert!(!walk(second, Duration::ZERO).is_good(100, 959));
    assert!(!walk(WALK_ANYWAY, Duration::ZERO).is_good(100, 1000));
    assert!(walk(second, second).is_good(100, 0), "walks must not follow one another without rest");
}
