#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn locked_folders_go_and_what_links_point_to_stays() {
    let home = tempfile::tempdir().unwrap();
    let workspace = home.path().join("w");
    fs::create_dir_all(workspace.join("a/b/c")).unwrap();
    fs::write(workspace.join("a/b/c/file"), "x").unwrap();
    fs::write(home.path().join("precious"), "x").unwrap();
    std::os::unix::fs::symlink(home.path(), workspace.join("a/link")).unwrap();
    for locked in ["a/b/c", "a/b", "a"] {
        fs::set_permissions(workspace.join(locked), fs::Permissions::from_mode(0o000)).unwrap();
    }
    remove(&workspace).unwrap();
    assert!(!workspace.exists() && home.path().join("precious").exists());
    remove(&workspace).unwrap();
}
