#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_second_owner_is_told_the_first_ones_process() {
    let dir = tempfile::tempdir().unwrap();
    let first = DataDir::open(dir.path()).unwrap();
    let refused = DataDir::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains(&format!("in use by process {}", std::process::id())), "{refused}");
    drop(first);
    DataDir::open(dir.path()).unwrap();
}

#[test]
fn the_key_stays_the_same_and_private() {
    let dir = tempfile::tempdir().unwrap();
    let key = DataDir::open(dir.path()).unwrap().key();
    assert_eq!(DataDir::open(dir.path()).unwrap().key(), key);
    let mode = fs::metadata(dir.path().join("key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_key_is_named_and_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    write_private(&dir.path().join("key"), b"short").unwrap();
    let refused = DataDir::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("does not hold a key of 32 bytes"), "{refused}");
    assert_eq!(fs::read(dir.path().join("key")).unwrap(), b"short");
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    DataDir::open(dir.path()).unwrap();
    let key = dir.path().join("key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = DataDir::open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("has mode 640: expected 600") && refused.contains("chmod 600"), "{refused}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    DataDir::open(dir.path()).unwrap();
}

#[test]
fn a_directory_that_is_a_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let refused = DataDir::open(&file).unwrap_err().to_string();
    assert!(refused.contains("cannot be used") && refused.contains("file"), "{refused}");
}
