#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;

use kraken_domain::job::Generation;

use super::*;

#[test]
fn a_state_directory_is_for_one_at_a_time_and_keeps_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let first = StateDir::open(dir.path()).unwrap();
    let name = first.installation().to_owned();
    let refused = StateDir::open(dir.path()).err().unwrap();
    assert!(refused.to_string().contains(&format!("used by process {}", std::process::id())), "{refused}");
    drop(first);
    assert_eq!(StateDir::open(dir.path()).unwrap().installation(), name);
}

#[test]
fn a_copy_of_a_state_directory_is_another_installation() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    let name = StateDir::open(&first).unwrap().installation().to_owned();
    fs::create_dir(&second).unwrap();
    fs::copy(first.join("installation"), second.join("installation")).unwrap();
    let copy = StateDir::open(&second).unwrap().installation().to_owned();
    assert_ne!(copy, name);
    assert_eq!(StateDir::open(&second).unwrap().installation(), copy);
    // One that was moved stays what it is.
    let moved = dir.path().join("moved");
    fs::rename(&first, &moved).unwrap();
    assert_eq!(StateDir::open(&moved).unwrap().installation(), name);
}

#[test]
fn the_token_is_for_the_owner_alone_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    assert!(state.identity().unwrap().is_none());
    let identity = Identity { server: "http://h/".into(), agent: AgentId::new(1, 2), token: "s3cret".into() };
    state.keep_identity(&identity).unwrap();
    assert_eq!(state.identity().unwrap().unwrap().token, "s3cret");
    let mode = fs::metadata(dir.path().join("agent.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!format!("{identity:?}").contains("s3cret"));
}

#[test]
fn a_held_job_is_found_until_it_is_released() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::open(dir.path()).unwrap();
    assert_eq!(state.held().unwrap(), None);
    let job = "01j9zqk3v5w8x2y4t6r7n0m1pa-1-1".parse().unwrap();
    let held = Held { job, generation: Generation(3), log_prefix: "a/b/".into(), spool: state.spool("x"), done: None };
    state.hold(&held).unwrap();
    assert_eq!(state.held().unwrap(), Some(held));
    state.release().unwrap();
    state.release().unwrap();
    assert_eq!(state.held().unwrap(), None);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = StateDir::open(&file.join("state")).err().unwrap().to_string();
    assert!(error.contains("file/state"), "{error}");
}
