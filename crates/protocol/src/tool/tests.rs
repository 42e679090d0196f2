#![allow(clippy::unwrap_used)]

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use super::supervisor::{Command, Report};
use super::*;

fn decode<T: DeserializeOwned>(recorded: &str) -> Vec<T> {
    recorded.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

fn survives_a_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: &[T], unknown: &T) {
    for value in values.iter().filter(|value| *value != unknown) {
        let line = serde_json::to_string(value).unwrap();
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(&serde_json::from_str::<T>(&line).unwrap(), value);
    }
}

#[test]
fn recorded_steps_keep_decoding() {
    let steps: Vec<Step> = decode(include_str!("../../tests/recorded/tool-steps.jsonl"));
    assert_eq!(steps[0].fields["cmd"], "make -j2");
    assert_eq!(steps[0].timeout_s, Some(60));
    assert_eq!(steps[0].trigger.as_ref().unwrap().git_ref.as_deref(), Some("refs/pull/7/head"));
    assert_eq!((steps[1].index, steps[1].tool.as_str()), (3, "git"));
    survives_a_round_trip(&steps, &Step::default());
}

#[test]
fn recorded_events_keep_decoding() {
    let events: Vec<Event> = decode(include_str!("../../tests/recorded/tool-events.jsonl"));
    survives_a_round_trip(&events, &Event::Unknown);
    assert_eq!(events.iter().filter(|event| **event == Event::Unknown).count(), 1);

    let Event::TestResults { results } = &events[5] else { panic!("{:?}", events[5]) };
    assert_eq!(results[1].status, TestStatus::Failed);
    let Event::Issues { issues } = &events[6] else { panic!("{:?}", events[6]) };
    assert_eq!(issues[1].kind, IssueType::Refactor);
    let Event::Request(unknown) = &events[12] else { panic!("{:?}", events[12]) };
    assert_eq!(unknown, &Request { id: 3, ask: Ask::Unknown });
    let reasons: Vec<Reason> = events.iter().filter_map(|e| if let Event::Finished(f) = e { Some(f.reason) } else { None }).collect();
    assert_eq!(reasons, [Reason::Ok, Reason::StepError, Reason::StepTimeout, Reason::ToolMissing, Reason::StepError]);
}

#[test]
fn recorded_replies_keep_decoding() {
    let replies: Vec<Reply> = decode(include_str!("../../tests/recorded/tool-replies.jsonl"));
    survives_a_round_trip(&replies, &Reply { id: 4, answer: Answer::Unknown });
    assert_eq!(replies[3].answer, Answer::Unknown);
}

#[test]
fn recorded_talk_with_the_supervisor_keeps_decoding() {
    let commands: Vec<Command> = decode(include_str!("../../tests/recorded/supervisor-commands.jsonl"));
    survives_a_round_trip(&commands, &Command::Unknown);
    assert_eq!(commands[5], Command::Unknown);
    let reports: Vec<Report> = decode(include_str!("../../tests/recorded/supervisor-reports.jsonl"));
    survives_a_round_trip(&reports, &Report::Unknown);
    assert_eq!(reports[3], Report::Event { said: Box::new(Event::Unknown) });
}

#[test]
fn a_status_nobody_knows_never_passes() {
    let result: TestResult = serde_json::from_str(r#"{"test":"a","status":77}"#).unwrap();
    assert_eq!(result.status, TestStatus::Error);
}

#[test]
fn a_step_does_not_show_its_secrets() {
    let mut step = Step { tool: "shell".into(), ..Step::default() };
    step.fields.insert("cmd".into(), "login hunter2".into());
    step.env.insert("TOKEN".into(), "hunter2".into());
    assert!(!format!("{step:?}").contains("hunter2"));
}
