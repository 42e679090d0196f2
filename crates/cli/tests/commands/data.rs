//! User data: changed over what was read, and again when somebody else was faster.

use serde_json::json;

use crate::{
    fake::{Fake, ULID, branch, ok, problem, tagged},
    program::User,
};

#[test]
fn a_program_runs_again_on_what_somebody_else_wrote() {
    let fake = Fake::start();
    let path = format!("/api/branches/{ULID}/data");
    fake.on("GET /api/projects/demo/branches/main", [ok(branch())]);
    fake.on(&format!("GET {path}"), [tagged(json!({"n": 1}), "\"4\""), tagged(json!({"n": 5}), "\"5\"")]);
    fake.on(&format!("PUT {path}"), [problem(412, "moved", "of version 5 by now"), ok(json!({"n": 6}))]);
    let said = User::of(&fake.url()).says(&["data", "jq", "branch-ci:demo/main", ".n += 1", "--json"]);
    assert_eq!(said.ends_with(0).out.trim(), r#"{"n":6}"#);
    let puts = fake.calls("PUT");
    assert_eq!((&puts[0].body, &puts[1].body), (&json!({"n": 2}), &json!({"n": 6})));
    assert_eq!((puts[0].headers["if-match"].as_str(), puts[1].headers["if-match"].as_str()), ("\"4\"", "\"5\""));
    assert_ne!(puts[0].headers["idempotency-key"], puts[1].headers["idempotency-key"], "each is another change");
    assert!(puts.iter().all(|put| put.query == "kind=ci"), "{puts:?}");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_asked() {
    let fake = Fake::start();
    let user = User::of(&fake.url());
    for (args, code, words) in [
        (&["data", "get", "stage:demo"][..], 2, "expected flow:ID"),
        (&["data", "set", "project:demo", "/a", "text"][..], 7, "needs its quotes"),
        (&["data", "set", "project:demo", "/a"][..], 2, "JSON"),
    ] {
        let said = user.says(args);
        assert!(said.ends_with(code).err.contains(words), "{args:?}: {}", said.err);
    }
    assert!(fake.calls("").is_empty());
}
