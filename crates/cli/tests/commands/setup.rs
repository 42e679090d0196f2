//! Logging in, making things, reading and saving stages, fetching artifacts.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    fake::{FLOW, Fake, ULID, branch, bytes, nothing, ok, page, problem, project, redirect},
    program::User,
};

fn stage(code: &str) -> serde_json::Value {
    json!({"id": ULID, "branch": ULID, "name": "unit", "description": "", "enabled": true, "parents": [], "code": code,
        "code_sha256": "abc", "created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"})
}

#[test]
fn a_login_is_tried_then_remembered_for_the_owner_alone() {
    let fake = Fake::start();
    fake.on("GET /api/projects", [page(json!([project("demo")]))]);
    let user = User::without_server();
    user.says_given(&["login", &fake.url()], "bad\n").ends_with(4);
    let file = user.home.path().join(".config/kraken/config.json");
    assert!(!file.exists());

    let said = user.says_given(&["login", &fake.url()], "good\n");
    assert!(!said.ends_with(0).out.contains("good") && !said.err.contains("good"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(user.says(&["project", "list"]).ends_with(0).out.contains("demo"));
}

#[test]
fn a_remembered_token_stays_at_its_server() {
    let (mine, other) = (Fake::start(), Fake::start());
    for fake in [&mine, &other] {
        fake.on("GET /api/projects", [page(json!([]))]);
    }
    let user = User::without_server();
    user.says_given(&["login", &mine.url()], "good").ends_with(0);
    user.says(&["--server", &other.url(), "project", "list"]).ends_with(4);
    assert_eq!(other.calls("GET")[0].token, None);
}

#[test]
fn a_stage_in_error_is_shown_like_a_compiler_would() {
    let fake = Fake::start();
    let stages = format!("GET /api/branches/{ULID}/stages");
    fake.on("GET /api/projects/demo/branches/main", [ok(branch())]).on(&stages, [page(json!([stage("")]))]);
    fake.on(
        &format!("PUT /api/stages/{ULID}"),
        [ok(stage("x")), {
            let problem = json!({"type": "/problems/invalid", "title": "", "status": 422, "detail": "the stage is not right",
                "request_id": "req-9", "errors": [{"path": "/jobs/0/name", "line": 4, "message": "expected a string"}]});
            let mut answer = ok(problem);
            answer.set_status(422);
            answer
        }],
    );
    let user = User::of(&fake.url());
    fs::write(user.home.path().join("unit.star"), "def stage(ctx): pass").unwrap();
    user.says(&["stage", "save", "demo/main/unit", "unit.star", "--if-sha256", "abc"]).ends_with(0);
    let call = &fake.calls("PUT")[0];
    assert_eq!((call.body["if_sha256"].as_str(), call.body["code"].as_str()), (Some("abc"), Some("def stage(ctx): pass")));

    let said = user.says_given(&["stage", "save", "demo/main/unit", "-"], "def stage(ctx): fail()");
    said.ends_with(7);
    assert!(said.err.contains("the stage is not right (request req-9)\n  -:4: /jobs/0/name: expected a string"), "{}", said.err);
}

#[test]
fn code_comes_out_as_it_went_in() {
    let fake = Fake::start();
    let code = "def stage(ctx):\n\treturn {}\n";
    fake.on(&format!("GET /api/stages/{ULID}"), [ok(stage(code))]);
    assert_eq!(User::of(&fake.url()).says(&["stage", "show", ULID, "--code"]).out, code);
}

#[test]
fn artifacts_arrive_whole_below_the_target_and_the_token_does_not_follow_redirects() {
    let fake = Fake::start();
    let content = b"#!/bin/sh\n";
    let artifact = |path: &str, sha256: String| json!({"path": path, "job": format!("{FLOW}-1-1"), "size": content.len(), "sha256": sha256, "mode": 0o755, "public": false});
    let sha256 = hex::encode(Sha256::digest(content));
    let list = format!("GET /api/runs/{FLOW}-1/artifacts");
    fake.on(&list, [page(json!([artifact("out/a b.sh", sha256.clone())]))]);
    fake.on(&format!("GET /api/runs/{FLOW}-1/artifacts/out/a%20b.sh"), [redirect("/store/object?signature=x")]);
    fake.on("GET /store/object", [bytes(content), bytes(b"something else")]);
    let user = User::of(&fake.url());

    user.says(&["artifact", "download", &format!("{FLOW}-1"), "--to", "here"]).ends_with(0);
    let file = user.home.path().join("here/out/a b.sh");
    assert_eq!(fs::read(&file).unwrap(), content);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(fake.calls("GET /store")[0].token, None);

    fs::remove_file(&file).unwrap();
    let said = user.says(&["artifact", "download", &format!("{FLOW}-1"), "--to", "here"]);
    assert!(said.ends_with(1).err.contains("SHA-256"), "{}", said.err);
    assert!(!file.exists());

    fake.on(&list, [page(json!([artifact("../evil", sha256)]))]);
    user.says(&["artifact", "download", &format!("{FLOW}-1")]).ends_with(6);
    assert!(!user.home.path().parent().unwrap().join("evil").exists());
}

#[test]
fn deleting_and_switching_agents_goes_by_name_if_it_is_plain_who_is_meant() {
    let fake = Fake::start();
    let agent = |id: &str| {
        json!({"id": id, "name": "host", "state": "idle", "groups": ["big"], "host": "host", "system": "debian-12", "architecture": "x86_64",
            "cpus": 2, "memory_bytes": 1, "disk_free_bytes": 1, "executors": {}, "version": "0.1.0", "labels": {}, "created_at": "2026-03-01T12:00:00Z"})
    };
    fake.on("GET /api/agents", [page(json!([agent(ULID)]))]);
    fake.on(&format!("GET /api/agents/{ULID}"), [ok(agent(ULID))]);
    fake.on(&format!("POST /api/agents/{ULID}/disable"), [nothing(200)]);
    let user = User::of(&fake.url());
    user.says(&["agent", "disable", "host"]).ends_with(0);
    user.says(&["agent", "show", "nobody"]).ends_with(3);
    fake.on("GET /api/agents", [page(json!([agent(ULID), agent(FLOW)]))]);
    assert!(user.says(&["agent", "disable", "host"]).ends_with(2).err.contains("several agents"));
    fake.on(&format!("POST /api/agents/{ULID}/enable"), [problem(409, "conflict", "deleted")]);
    user.says(&["agent", "enable", ULID]).ends_with(6);
}
