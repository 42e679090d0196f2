//! What goes wrong is said once, with what to do, and ends with the code that scripts know.

use std::net::TcpListener;

use serde_json::Value;

use crate::{
    fake::{self, Fake, nothing, problem},
    program::User,
};

#[test]
fn every_refusal_has_its_code() {
    let fake = Fake::start();
    let user = User::of(&fake.url());
    let refusals = [
        (problem(404, "not-found", "no project \"demo\""), 3),
        (problem(403, "forbidden", "needs the role viewer"), 4),
        (problem(409, "conflict", "not now"), 6),
        (problem(422, "invalid", "not a name"), 7),
        (problem(503, "unavailable", "starting"), 5),
        (problem(500, "internal", "a bug"), 1),
        (nothing(502), 5),
        (fake::bytes(b"<html>a shop</html>"), 5),
    ];
    for (answer, code) in refusals {
        fake.on("GET /api/projects/demo", [answer]);
        let said = user.says(&["project", "show", "demo"]);
        said.ends_with(code);
        assert!(said.err.starts_with("error: ") && said.out.is_empty(), "{}", said.err);
    }
}

#[test]
fn a_refusal_shows_detail_request_and_advice() {
    let fake = Fake::start();
    let said = User::of(&fake.url()).with_token(None).says(&["project", "list"]);
    said.ends_with(4);
    assert!(said.err.contains("this token is not known (request req-1)"), "{}", said.err);
    assert!(said.err.contains("hint: log in with `kraken login"), "{}", said.err);
}

#[test]
fn scripts_get_errors_as_json() {
    let fake = Fake::start();
    let said = User::of(&fake.url()).says(&["--json", "project", "show", "demo"]);
    said.ends_with(3);
    let document: Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!((document["exit_code"].as_u64(), document["request_id"].as_str()), (Some(3), Some("req-1")));
}

#[test]
fn nobody_there_is_said_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = User::of(&format!("http://{free}")).says(&["project", "list"]);
    said.ends_with(5);
    assert!(said.err.contains(&format!("cannot reach the server http://{free}")), "{}", said.err);
    assert!(said.err.contains("kraken up"), "{}", said.err);
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let user = User::without_server();
    user.says(&["project", "show"]).ends_with(2);
    user.says(&["--server", "shop", "project", "list"]).ends_with(2);
    user.says(&["project", "delete", "demo", "--token", "x"]).ends_with(2);
}

#[test]
fn nothing_is_deleted_without_being_asked() {
    let fake = Fake::start();
    fake.on("GET /api/projects/demo", [fake::ok(fake::project("demo"))]);
    fake.on(&format!("DELETE /api/projects/{}", fake::ULID), [nothing(204)]);
    let user = User::of(&fake.url());
    user.says(&["project", "delete", "demo"]).ends_with(2);
    assert!(fake.calls("DELETE").is_empty());
    user.says(&["project", "delete", "demo", "--yes"]).ends_with(0);
    assert_eq!(fake.calls("DELETE").len(), 1);
}
