//! Lists: tables for people, arrays for scripts, as many pages as wanted.

use serde_json::json;

use crate::{
    fake::{Fake, ok, page, project},
    program::User,
};

#[test]
fn a_list_is_a_table_or_an_array() {
    let fake = Fake::start();
    fake.on("GET /api/projects", [page(json!([project("demo"), project("a much longer name")]))]);
    let user = User::of(&fake.url());
    let said = user.says(&["project", "list"]);
    let lines: Vec<&str> = said.ends_with(0).out.lines().collect();
    assert!(lines[0].starts_with("NAME                ID "), "{lines:?}");
    assert!(lines[1].starts_with("demo                01j9"), "{lines:?}");
    assert!(lines[1].contains("2026-03-01 12:00:00"), "{lines:?}");
    assert!(!said.out.contains('\x1b'));
    assert_eq!(user.says(&["project", "list", "--json"]).json()[1]["name"], "a much longer name");
}

#[test]
fn an_empty_list_says_so_beside_the_output() {
    let fake = Fake::start();
    fake.on("GET /api/projects", [page(json!([]))]);
    let user = User::of(&fake.url());
    let said = user.says(&["project", "list"]);
    assert_eq!((said.ends_with(0).out.as_str(), said.err.contains("no projects yet")), ("", true));
    assert_eq!(user.says(&["project", "list", "--json"]).out, "[]\n");
}

#[test]
fn lists_follow_cursors() {
    let fake = Fake::start();
    let pages = || {
        [
            ok(json!({"items": [project("a"), project("b")], "next": "one"})),
            ok(json!({"items": [project("c"), project("d")], "next": "two"})),
            ok(json!({"items": [project("e")]})),
        ]
    };
    let user = User::of(&fake.url());
    fake.on("GET /api/projects", pages());
    assert_eq!(user.says(&["project", "list", "--all", "--json"]).json().as_array().unwrap().len(), 5);
    assert!(fake.calls("GET /api/projects")[2].query.contains("cursor=two"));

    fake.on("GET /api/projects", pages());
    let said = user.says(&["project", "list", "--limit", "3"]);
    assert_eq!(said.ends_with(0).out.lines().count(), 4);
    assert!(said.err.contains("--all"), "{}", said.err);
}

#[test]
fn a_list_that_never_ends_is_left() {
    let fake = Fake::start();
    fake.on("GET /api/projects", [ok(json!({"items": [], "next": "again"}))]);
    User::of(&fake.url()).says(&["project", "list", "--all"]).ends_with(5);
}
