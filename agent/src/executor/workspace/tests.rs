#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::os::unix::fs::symlink;

use super::*;

fn a_workspace() -> (tempfile::TempDir, Workspace) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("w");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(home.path().join("secret"), "secret").unwrap();
    let workspace = Workspace::new(path).unwrap();
    (home, workspace)
}

#[test]
fn files_and_links_inside_can_be_read() {
    let (_home, workspace) = a_workspace();
    workspace.create("a/b/c").unwrap().write_all(b"text").unwrap();
    symlink("b/c", workspace.path().join("a/link")).unwrap();
    let mut text = String::new();
    workspace.open("a/link").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "text");
}

#[test]
fn nothing_outside_can_be_read() {
    let (home, workspace) = a_workspace();
    symlink("../secret", workspace.path().join("relative")).unwrap();
    symlink(home.path().join("secret"), workspace.path().join("absolute")).unwrap();
    symlink("/proc/self/root", workspace.path().join("magic")).unwrap();
    for path in ["../secret", "relative", "absolute", "magic/etc/passwd", "/etc/passwd", "."] {
        assert!(workspace.open(path).is_err(), "{path}");
    }
}

#[test]
fn nothing_outside_can_be_made() {
    let (home, workspace) = a_workspace();
    symlink(home.path(), workspace.path().join("out")).unwrap();
    symlink("../secret", workspace.path().join("file")).unwrap();
    for path in ["out/x", "../x", "/tmp/x", "file", "..", ""] {
        assert!(workspace.create(path).is_err(), "{path}");
    }
    assert!(!home.path().join("x").exists());
    assert_eq!(std::fs::read_to_string(home.path().join("secret")).unwrap(), "secret");
}

#[test]
fn a_pipe_in_place_of_a_file_does_not_hold_up_the_agent() {
    let (_home, workspace) = a_workspace();
    nix::unistd::mkfifo(&workspace.path().join("fifo"), Mode::S_IRWXU).unwrap();
    assert!(workspace.open("fifo").is_err());
}
