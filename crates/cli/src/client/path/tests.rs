#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn names_stay_one_segment() {
    assert_eq!(api(&["projects", "a b/ü?#%"]).unwrap(), "/api/projects/a%20b%2F%C3%BC%3F%23%25");
}

#[test]
fn names_that_would_climb_are_refused() {
    for name in ["", ".", ".."] {
        assert!(api(&["projects", name]).is_err());
        assert!(segments(&format!("a/{name}/b")).is_err());
    }
}

#[test]
fn a_path_keeps_its_slashes() {
    assert_eq!(segments("a/b c.txt").unwrap(), "/a/b%20c.txt");
}
