//! What the program does with input that no agent should send, and with agents that go away: it says what is wrong and ends.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use kraken_protocol::tool::supervisor::Report;
use kraken_protocol::tool::{Event, Finished, Reason};

fn tool(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kraken-tool"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Events to standard error: one pipe less to make.
    command.env("KRAKEN_TOOL_EVENTS_FD", "2").spawn().unwrap()
}

/// Runs a step's line and returns the last event.
fn run(line: &[u8]) -> Finished {
    let mut child = tool(&["run"]);
    let mut input = child.stdin.take().unwrap();
    let _it_may_have_ended = input.write_all(line);
    let last = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap).last().unwrap();
    drop(input);
    child.wait().unwrap();
    match serde_json::from_str(&last).unwrap() {
        Event::Finished(end) => end,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_step_that_is_not_understood() {
    for line in [&b"not json\n"[..], b"{}\n", b"[1,2]\n", b"\xff\xfe\n", b"{\"index\":-1,\"tool\":\"shell\"}\n", b"\n"] {
        let end = run(line);
        assert_eq!(end.reason, Reason::ExecutorError, "{line:?}");
        assert!(end.message.contains("not understood"), "{end:?}");
    }
}

#[test]
fn a_step_of_a_later_version_is_done_all_the_same() {
    let end = run(b"{\"version\":99,\"index\":0,\"tool\":\"shell\",\"fields\":{\"cmd\":\"exit 7\",\"later\":[1]},\"later\":{}}\n");
    assert_eq!((end.reason, end.retcode), (Reason::StepError, 7));
}

#[test]
fn an_agent_that_is_gone_before_it_said_anything() {
    let mut child = tool(&["run"]);
    drop(child.stdin.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("the agent is gone"), "{said}");
    child.wait().unwrap();
}

#[test]
fn an_agent_that_goes_while_the_step_runs() {
    let mut child = tool(&["run"]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"{\"index\":0,\"tool\":\"shell\",\"fields\":{\"cmd\":\"echo $$; exec sleep 1000\",\"timeout\":1000}}\n").unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut pid = String::new();
    output.read_line(&mut pid).unwrap();
    drop(input);
    child.wait().unwrap();
    assert!(!std::path::Path::new("/proc").join(pid.trim()).exists());
}

#[test]
fn a_supervisor_reports_commands_that_it_does_not_understand_and_goes_on() {
    let mut child = tool(&["supervise"]);
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(b"hello\n{\"command\":\"step\"}\n{\"command\":\"sing\"}\n{\"command\":\"reply\",\"id\":1,\"reply\":\"artifacts-stored\"}\n{\"command\":\"cancel\",\"grace_ms\":0}\n")
        .unwrap();
    input.write_all(b"{\"command\":\"step\",\"index\":4,\"tool\":\"shell\"}\n").unwrap();
    drop(input);
    let reports: Vec<Report> =
        BufReader::new(child.stderr.take().unwrap()).lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    assert!(child.wait().unwrap().success());
    assert!(
        matches!(
            &reports[..],
            [
                Report::Garbled { .. },
                Report::Garbled { .. },
                Report::StepExited { index: 4, end: Finished { reason: Reason::Cancelled, .. } },
                Report::Ended { .. },
                Report::Removed { problem: None },
            ]
        ),
        "{reports:?}"
    );
}

#[test]
fn signals_that_the_agents_parent_ignored_reach_a_step() {
    let mut supervise = Command::new("/bin/sh");
    supervise.args(["-c", "trap '' TERM INT HUP QUIT CHLD; exec \"$0\" supervise", env!("CARGO_BIN_EXE_kraken-tool")]);
    let mut child = supervise.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(b"{\"command\":\"step\",\"index\":0,\"tool\":\"shell\",\"fields\":{\"cmd\":\"kill -TERM $$; echo still here\"}}\n")
        .unwrap();
    let mut reports = BufReader::new(child.stderr.take().unwrap()).lines();
    let end = reports.find_map(|line| match serde_json::from_str(&line.unwrap()).unwrap() {
        Report::StepExited { end, .. } => Some(end),
        _ => None,
    });
    assert_eq!(end.unwrap().message, "ended by signal 15 (SIGTERM)");
    drop(input);
    child.wait().unwrap();
}

#[test]
fn without_an_agent_it_says_how_it_is_meant() {
    let done = Command::new(env!("CARGO_BIN_EXE_kraken-tool")).arg("run").env("KRAKEN_TOOL_EVENTS_FD", "777").output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("descriptor 777"), "{done:?}");
    for arguments in [&[][..], &["dance"], &["exec-as"], &["sweep"]] {
        let done = Command::new(env!("CARGO_BIN_EXE_kraken-tool")).args(arguments).output().unwrap();
        assert_eq!(done.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&done.stderr).starts_with("usage: "), "{done:?}");
    }
}

#[test]
fn the_list_names_every_tool_with_its_fields() {
    let done = Command::new(env!("CARGO_BIN_EXE_kraken-tool")).arg("list").output().unwrap();
    let tools: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let names: Vec<&str> = tools.as_array().unwrap().iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(names, ["artifacts", "data", "git", "shell"]);
    assert_eq!(tools[2]["fields"]["checkout"]["required"], true);
    assert_eq!(tools[3]["timeout_s"], 60);
}
