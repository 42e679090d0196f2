#![allow(clippy::unwrap_used)]

use super::super::Bodies;
use super::*;

#[test]
fn orphans_go_and_missing_files_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let bodies = Bodies::open(dir.path()).unwrap();
    let (_, kept) = bodies.create().unwrap();
    let (_, orphan) = bodies.create().unwrap();
    let kept_id = kept.id();
    let lost_id = FileId::random().unwrap();
    kept.keep();
    let orphan_id = orphan.id();
    orphan.keep();

    let named = [kept_id, lost_id];
    let swept = bodies.sweep(|first| Ok::<_, io::Error>(named.iter().copied().filter(|id| id.first_byte() == first).collect())).unwrap();

    assert_eq!(swept, Swept { removed: 1, missing: 1 });
    assert!(bodies.read(kept_id).is_ok());
    assert!(bodies.read(orphan_id).is_err());
}
