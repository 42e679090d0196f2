//! `kraken logs`, whole and followed.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    fake::{Answer, FLOW, Fake, bytes, changes, flow, gzip, job, ok, page, problem, redirect, run},
    program::User,
};

fn lines(from: u64, texts: &[&str], total: u64, complete: bool) -> Answer {
    let lines: Vec<Value> =
        (from..).zip(texts).map(|(number, text)| json!({"number": number, "time": "2026-03-01T12:00:05Z", "text": text})).collect();
    ok(json!({"lines": lines, "total": total, "complete": complete}))
}

fn paths(number: u32) -> (String, String) {
    (format!("GET /api/jobs/{FLOW}-1-{number}"), format!("GET /api/jobs/{FLOW}-1-{number}/log"))
}

#[test]
fn a_whole_log_comes_as_it_was_written() {
    let fake = Fake::start();
    fake.on(&format!("GET /api/jobs/{FLOW}-1-1/log/download"), [bytes(b"one\r\n\x1b[31mtwo\x1b[0m\n")]);
    let said = User::of(&fake.url()).says(&["logs", &format!("{FLOW}-1-1")]);
    assert_eq!(said.ends_with(0).out, "one\r\n\x1b[31mtwo\x1b[0m\n");
}

#[test]
fn a_packed_log_comes_unpacked_with_all_of_its_members() {
    let fake = Fake::start();
    let member = |text: &str| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let texts = ["one\r\n".to_owned(), "x".repeat(3_000_000) + "\n", "three\n".to_owned()];
    let packed: Vec<u8> = texts.iter().flat_map(|text| member(text)).collect();
    let at = "/bucket/agents/a/log.gz";
    fake.on(&format!("GET /api/jobs/{FLOW}-1-1/log/download"), [redirect(&format!("{}{at}", fake.url()))]);
    fake.on(&format!("GET {at}"), [gzip(&packed)]);
    let said = User::of(&fake.url()).says(&["logs", &format!("{FLOW}-1-1")]);
    assert!(said.ends_with(0).out == texts.concat());
    assert_eq!(fake.calls(&format!("GET {at}"))[0].token, None);

    fake.on(&format!("GET {at}"), [gzip(&packed[..packed.len() - 20])]);
    User::of(&fake.url()).says(&["logs", &format!("{FLOW}-1-1")]).ends_with(1);
}

#[test]
fn a_long_log_in_pieces_is_read_by_lines() {
    let fake = Fake::start();
    let (show, log) = paths(1);
    fake.on(&format!("{log}/download"), [problem(413, "too-large", "in pieces still")]);
    fake.on(&show, [ok(job(1, "unit", "running"))]);
    fake.on(&log, [lines(0, &["a", "b"], 3, false), lines(2, &["c"], 3, false)]);
    let said = User::of(&fake.url()).says(&["logs", &format!("{FLOW}-1-1")]);
    assert_eq!(said.ends_with(0).out, "a\nb\nc\n");
}

#[test]
fn a_log_is_followed_from_before_the_job_until_its_end() {
    let fake = Fake::start();
    let (show, log) = paths(1);
    fake.on("GET /api/changes", [changes("1")]);
    fake.on(&show, [ok(job(1, "unit", "queued")), ok(job(1, "unit", "running")), ok(job(1, "unit", "running")), ok(job(1, "unit", "ok"))]);
    fake.on(&format!("{show}/waiting"), [ok(json!({"waiting": true, "reason": "no agent fits", "ahead": 3}))]);
    fake.on(&log, [lines(0, &[], 0, false), lines(0, &["a", "b"], 2, false), lines(2, &["c"], 3, true), lines(3, &[], 3, true)]);
    let said = User::of(&fake.url()).says(&["logs", "-f", &format!("{FLOW}-1-1")]);
    assert_eq!(said.ends_with(0).out, "a\nb\nc\n");
    assert_eq!(said.err, "job unit ok after 28s\n");
    let asked: Vec<String> = fake.calls(&log).into_iter().map(|call| call.query).collect();
    assert!(asked.last().unwrap().contains("from=2"), "{asked:?}");
}

#[test]
fn a_job_in_error_ends_the_following_with_1() {
    let fake = Fake::start();
    let (show, log) = paths(1);
    let mut lost = job(1, "unit", "agent_lost");
    lost["message"] = json!("the agent vanished");
    // Nobody will ever say that this log is complete.
    fake.on("GET /api/changes", [changes("1")]).on(&show, [ok(lost)]).on(&log, [lines(0, &["a"], 1, false)]);
    let said = User::of(&fake.url()).says(&["job", "logs", "-f", &format!("{FLOW}-1-1")]);
    assert_eq!(said.ends_with(1).out, "a\n");
    assert_eq!(said.err, "job unit agent lost after 28s: the agent vanished\n");
}

#[test]
fn a_flow_is_followed_with_the_job_before_each_line() {
    let fake = Fake::start();
    fake.on("GET /api/changes", [changes("1"), changes("2")]);
    let states = [flow("in_progress", &[run("in_progress", 2)]), flow("completed", &[run("ok", 2)])];
    fake.on(&format!("GET /api/flows/{FLOW}"), states.map(ok));
    fake.on(
        &format!("GET /api/runs/{FLOW}-1/jobs"),
        [page(json!([job(1, "unit", "running"), job(2, "lint", "queued")])), page(json!([job(1, "unit", "ok"), job(2, "lint", "ok")]))],
    );
    fake.on(&paths(1).1, [lines(0, &["a"], 1, false), lines(1, &["b"], 2, true)]);
    fake.on(&paths(2).1, [lines(0, &["x"], 1, true)]);
    let said = User::of(&fake.url()).says(&["logs", "-f", FLOW]);
    assert_eq!(said.ends_with(0).out, "unit | a\nunit | b\nlint | x\n");
}

#[test]
fn the_end_of_a_log_and_its_times() {
    let fake = Fake::start();
    let (show, log) = paths(1);
    fake.on(&show, [ok(job(1, "unit", "ok"))]).on(&log, [lines(9, &["end"], 10, true), lines(8, &["almost", "end"], 10, true)]);
    let said = User::of(&fake.url()).says(&["logs", "--tail", "2", "--timestamps", &format!("{FLOW}-1-1")]);
    assert_eq!(said.ends_with(0).out, "12:00:05  almost\n12:00:05  end\n");
    assert!(fake.calls(&log)[1].query.starts_with("from=8"));
}

#[test]
fn json_lines_name_their_job() {
    let fake = Fake::start();
    let (show, log) = paths(1);
    fake.on(&show, [ok(job(1, "unit", "ok"))]).on(&log, [lines(0, &["a \"quoted\" line"], 1, true)]);
    let said = User::of(&fake.url()).says(&["logs", "--json", &format!("{FLOW}-1-1")]);
    let line = said.ends_with(0).json();
    assert_eq!((line["job"].as_str(), line["text"].as_str()), (Some(format!("{FLOW}-1-1").as_str()), Some("a \"quoted\" line")));
}

#[test]
fn a_search_goes_through_the_whole_log() {
    let fake = Fake::start();
    let (show, log) = paths(1);
    let hit = |number: u64, next: Option<u64>| {
        ok(json!({"lines": [{"number": number, "time": "2026-03-01T12:00:05Z", "text": format!("error {number}")}], "next_from": next}))
    };
    fake.on(&show, [ok(job(1, "unit", "ok"))]).on(&format!("{log}/search"), [hit(3, Some(1000)), hit(1200, None)]);
    let said = User::of(&fake.url()).says(&["logs", "--search", "error", &format!("{FLOW}-1-1")]);
    assert_eq!(said.ends_with(0).out, "error 3\nerror 1200\n");
}

#[test]
fn no_job_no_log() {
    let fake = Fake::start();
    fake.on("GET /api/changes", [problem(404, "not-found", "nothing")]);
    User::of(&fake.url()).says(&["logs", "-f", &format!("{FLOW}-1-1")]).ends_with(3);
}
