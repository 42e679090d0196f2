//! `flow start --wait`.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use nix::{
    pty::{Winsize, openpty},
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use crate::{
    fake::{FLOW, Fake, ULID, branch, changes, flow, job, nothing, ok, page, problem, run},
    program::User,
};

fn started() -> Fake {
    let fake = Fake::start();
    fake.on("GET /api/projects/demo/branches/main", [ok(branch())]);
    fake.on(&format!("POST /api/branches/{ULID}/flows"), [ok(flow("in_progress", &[run("creating", 0)]))]);
    fake
}

/// Three pictures: queued, running, over with `end`.
fn tells(fake: &Fake, end: &str) {
    let result = if end == "ok" { "ok" } else { "error" };
    fake.on("GET /api/changes", [changes("1"), nothing(304), changes("2"), changes("3")]);
    fake.on(
        &format!("GET /api/flows/{FLOW}"),
        [
            ok(flow("in_progress", &[run("in_progress", 2)])),
            ok(flow("in_progress", &[run("in_progress", 2)])),
            ok(flow("completed", &[run(result, 2)])),
        ],
    );
    fake.on(
        &format!("GET /api/runs/{FLOW}-1/jobs"),
        [
            page(json!([job(1, "unit", "queued"), job(2, "lint", "queued")])),
            page(json!([job(1, "unit", "running"), job(2, "lint", "ok")])),
            page(json!([job(1, "unit", end), job(2, "lint", "ok")])),
        ],
    );
}

#[test]
fn a_pipe_gets_a_line_per_change_and_the_exit_code_tells_the_result() {
    let fake = started();
    tells(&fake, "ok");
    let said = User::of(&fake.url()).says(&["flow", "start", "demo/main", "--wait", "--arg", "size=big"]);
    let lines: Vec<&str> = said.ends_with(0).out.lines().map(|line| line.split_once("  ").map_or(line, |(_, rest)| rest)).collect();
    assert_eq!(
        lines,
        [
            format!("flow 7. {FLOW}  in progress").as_str(),
            "tests / unit  queued",
            "tests / lint  queued",
            "tests  in progress  2 jobs",
            "tests / unit  running",
            "tests / lint  ok  28s",
            "tests / unit  ok  28s",
            "tests  ok  1m 00s, 2 jobs",
            "flow 7. ok after 1m 03s: 1 stage, 2 jobs",
        ]
    );
    let start = &fake.calls("POST")[0];
    assert_eq!(start.body["args"]["size"], "big");
    assert!(start.headers["idempotency-key"].len() >= 32);
    // The second question about changes named what was known; its 304 cost no further question.
    assert_eq!(fake.calls("GET /api/changes")[1].headers["if-none-match"], "\"1\"");
    assert_eq!(fake.calls(&format!("GET /api/flows/{FLOW}")).len(), 3);
}

#[test]
fn a_terminal_gets_one_block_that_is_drawn_over_itself() {
    let fake = started();
    tells(&fake, "ok");
    let size = Winsize { ws_row: 24, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(Some(&size), None).unwrap();
    let user = User::of(&fake.url());
    let mut command = user.command(&["flow", "start", "demo/main", "--wait"]);
    let mut child = command.env("TERM", "xterm").stdout(terminal.slave).spawn().unwrap();
    // Our own end of the terminal's other side.
    drop(command);
    let mut shown = Vec::new();
    // A terminal that nobody writes to any more ends with an error.
    let _ = File::from(terminal.master).read_to_end(&mut shown);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let shown = String::from_utf8(shown).unwrap();
    let blocks: Vec<&str> = shown.split("\x1b[4A\r\x1b[J").collect();
    assert!(blocks.len() >= 3, "{blocks:?}");
    assert!(blocks[0].contains("unit  \x1b[35mqueued"), "{shown:?}");
    let last: Vec<String> = blocks.last().unwrap().lines().map(without_colours).collect();
    assert_eq!(
        last,
        [
            "flow 7.  ok  1m 03s  01j9zqk3v5w8x2y4t6r7n0m1pa",
            "✓ tests  ok  0/2  1m 00s",
            "  ✓ unit  ok  28s",
            "  ✓ lint  ok  28s",
            "flow 7. ok after 1m 03s: 1 stage, 2 jobs",
        ]
    );
}

fn without_colours(line: &str) -> String {
    let mut parts = line.trim_end().split('\x1b');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

#[test]
fn a_flow_in_error_ends_with_1_and_says_where_to_read() {
    let fake = started();
    tells(&fake, "step_error");
    let said = User::of(&fake.url()).says(&["flow", "start", "demo/main", "--wait"]);
    let last: Vec<&str> = said.ends_with(1).out.lines().rev().take(2).collect();
    assert_eq!(last[1], "flow 7. ended in error after 1m 03s: 1 stage, 2 jobs");
    assert_eq!(last[0], format!("  tests / unit: step error; kraken logs {FLOW}-1-1"));
    assert_eq!(said.err, "");
}

#[test]
fn json_is_one_document_at_the_end() {
    let fake = started();
    tells(&fake, "step_error");
    let said = User::of(&fake.url()).says(&["flow", "start", "demo/main", "--wait", "--json"]);
    assert_eq!(said.ends_with(1).json()["runs"][0]["result"], "error");
}

#[test]
fn a_server_without_changes_is_asked_for_everything() {
    let fake = started();
    tells(&fake, "ok");
    fake.on("GET /api/changes", [problem(404, "not-found", "no such call")]);
    User::of(&fake.url()).says(&["flow", "start", "demo/main", "--wait"]).ends_with(0);
}

#[test]
fn a_server_that_restarts_is_waited_for() {
    let fake = started();
    tells(&fake, "ok");
    fake.on("GET /api/changes", [changes("1"), nothing(502), problem(503, "unavailable", "starting"), changes("2"), changes("3")]);
    let said = User::of(&fake.url()).says(&["flow", "start", "demo/main", "--wait"]);
    assert_eq!(said.ends_with(0).err, format!("{} does not answer; trying again\n", fake.url()));
}

#[test]
fn a_lost_token_ends_the_waiting() {
    let fake = started();
    tells(&fake, "ok");
    fake.on("GET /api/changes", [changes("1"), problem(401, "unauthorised", "the token ended")]);
    User::of(&fake.url()).says(&["flow", "start", "demo/main", "--wait"]).ends_with(4);
}

#[test]
fn without_wait_the_flow_is_shown_and_goes_on() {
    let fake = started();
    let said = User::of(&fake.url()).says(&["flow", "start", "demo/main", "--json"]);
    assert_eq!(said.ends_with(0).json()["id"], FLOW);
}

#[test]
fn a_flow_that_only_a_person_can_continue_is_not_waited_for() {
    let fake = started();
    fake.on("GET /api/changes", [changes("1")]);
    fake.on(&format!("GET /api/flows/{FLOW}"), [ok(flow("in_progress", &[run("manual", 0)]))]);
    let said = User::of(&fake.url()).says(&["flow", "wait", FLOW]);
    assert!(said.ends_with(0).out.contains(&format!("tests: kraken run start {FLOW}-1")), "{}", said.out);
}

#[test]
fn ctrl_c_leaves_the_flow_alone() {
    let fake = started();
    // It goes on for ever.
    fake.on("GET /api/changes", [changes("1"), nothing(304)]);
    fake.on(&format!("GET /api/flows/{FLOW}"), [ok(flow("in_progress", &[run("in_progress", 2)]))]);
    fake.on(&format!("GET /api/runs/{FLOW}-1/jobs"), [page(json!([job(1, "unit", "queued"), job(2, "lint", "queued")]))]);
    let user = User::of(&fake.url());
    let mut child = user.command(&["flow", "wait", FLOW]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    // The fourth line is the last that will come.
    for _ in 0..4 {
        assert_ne!(out.read_line(&mut String::new()).unwrap(), 0);
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{status}: {err}");
    assert!(err.contains(&format!("kraken flow cancel {FLOW}")), "{err}");
    assert!(fake.calls("POST").is_empty());
}
