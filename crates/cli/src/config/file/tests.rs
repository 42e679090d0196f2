#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn only_the_owner_may_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/config.json");
    let config = ConfigFile { server: Some("http://host".into()), token: Some("secret".into()), token_file: None };
    config.save(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(ConfigFile::load(&path).unwrap().unwrap() == config);
}

#[test]
fn a_broken_file_is_named_and_not_quoted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    fs::write(&path, "{\"token\": \"hunter2\", \"tokken\": \"hunter2\"}").unwrap();
    let failure = ConfigFile::load(&path).err().unwrap();
    assert!(failure.to_string().contains("config.json"), "{failure}");
    assert!(!failure.to_string().contains("hunter2"), "{failure}");
}

#[test]
fn a_missing_file_is_no_error() {
    assert!(ConfigFile::load(Path::new("/nonexistent/config.json")).unwrap().is_none());
}
