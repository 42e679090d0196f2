#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kraken_domain::{job::Generation, place::Executor};
use serde_json::json;

use super::*;

pub(in crate::work) fn order(steps: Value) -> JobOrder {
    JobOrder {
        job: "01j9zqk3v5w8x2y4t6r7n0m1pa-1-1".parse().unwrap(),
        generation: Generation(1),
        lease_until: Timestamp::UNIX_EPOCH,
        name: "job".into(),
        executor: Executor::Local,
        system: "any".into(),
        timeout_s: 60,
        steps: steps.as_array().unwrap().clone(),
        context: json!({
            "flow": {
                "id": "f", "kind": "dev",
                "trigger": {"trigger": "github", "repo": "https://example.com/a.git", "branch": "main", "before": "b0", "after": "c0ffee", "commits": []},
            },
            "run": {"id": "r"}, "job": {"id": "j", "name": "job"}, "args": {"n": "7"}, "env": {}, "config": {},
            "project": {}, "branch": {}, "stage": {}, "step": {},
        }),
        secrets: BTreeMap::from([
            ("token".to_owned(), json!("hunter2")),
            ("login".to_owned(), json!({"user": "me", "password": "pass-word"})),
        ]),
        log_prefix: "l/".into(),
        artifact_prefix: "a/".into(),
    }
}

#[test]
fn a_step_is_filled_in_and_what_holds_a_secret_is_named() {
    let script = Script::new(&order(json!([
        {"tool": "shell", "cmd": "run #{args.n}", "access": "#{secrets.login.user}:#{secrets.login.password}", "env": {"T": "#{secrets.token}"},
         "attempts": 3, "sleep_time_after_attempt": 2, "timeout": 9, "cwd": "sub"},
    ])));
    let ready = script.ready(0, &script.records()).unwrap();
    assert_eq!((ready.attempts, ready.pause), (3, Duration::from_secs(2)));
    let step = ready.step;
    assert_eq!(step.fields["cmd"], "run 7");
    assert_eq!(step.fields["access"], "me:pass-word");
    assert_eq!(step.sensitive, ["access"]);
    assert_eq!(step.env["T"], "hunter2");
    assert_eq!((step.timeout_s, step.cwd.as_str(), step.tool.as_str()), (Some(9), "sub", "shell"));
    assert_eq!(step.fields.keys().collect::<Vec<_>>(), ["access", "cmd"], "common keys are not the tool's");
    let trigger = step.trigger.unwrap();
    assert_eq!((trigger.repo.as_str(), trigger.commit.as_str()), ("https://example.com/a.git", "c0ffee"));
}

#[test]
fn later_steps_see_how_earlier_ones_went() {
    let script = Script::new(&order(json!([
        {"tool": "shell", "cmd": "make"},
        {"tool": "shell", "cmd": "#{job.steps[0].result.retcode} #{job.steps[0].cmd} #{step.index}", "when": "job.steps[0].status == 3 and is_dev"},
    ])));
    let mut runs = script.records();
    assert!(!script.wants(1, &runs).unwrap());
    runs[0].record.status = StepStatus::Error;
    runs[0].record.retcode = Some(2);
    runs[0].record.started_at = Some(Timestamp::UNIX_EPOCH);
    runs[0].record.finished_at = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_millis(1500));
    assert!(script.wants(1, &runs).unwrap());
    assert_eq!(script.ready(1, &runs).unwrap().step.fields["cmd"], "2 make 1");
}

#[test]
fn no_error_shows_a_secret() {
    let script = Script::new(&order(json!([
        {"tool": "shell", "cmd": "#{secrets.token.nothing.here}", "when": "secrets.token + 1"},
        {"tool": 3, "cmd": "hunter2"},
    ])));
    let runs = script.records();
    for error in [script.wants(0, &runs).unwrap_err(), script.ready(0, &runs).unwrap_err(), script.wants(1, &runs).unwrap_err()] {
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn steps_are_called_by_their_names_or_their_tools() {
    let script = Script::new(&order(json!([{"tool": "shell", "cmd": "a"}, {"tool": "git", "name": "with hunter2", "checkout": "x"}, 7])));
    let names: Vec<String> = script.records().into_iter().map(|run| run.record.name).collect();
    assert_eq!(names, ["shell", "with ******", "?"]);
}
