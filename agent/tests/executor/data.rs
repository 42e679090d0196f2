//! The `data` tool, with this file in the agent's role.
#![allow(clippy::unwrap_used)]

use kraken_agent::{
    data::{DataHere, DataStore, Wish, answer},
    executor::Signal,
};
use kraken_protocol::tool::{Data, DataOperation, Event, Finished, Reason, Reply};
use serde_json::{Value, json};

use crate::host::{Host, Running, step};

/// Runs a step over documents that somebody else changes, too, before each of the first `times` changes.
async fn run(job: &mut Running, data: &DataHere, fields: Value, mut times: u32) -> Finished {
    job.start(step("data", &fields));
    loop {
        match job.next().await.unwrap() {
            Signal::Event(Event::Request(request)) => {
                let wish = Wish::of(request.ask).unwrap();
                if matches!(wish, Wish::Change { .. }) && times > 0 {
                    times -= 1;
                    let other = Data { operation: DataOperation::Set, scope: "flow".into(), pointer: "/other".into(), value: times.into() };
                    data.change(other, None).await.unwrap();
                }
                let (answer, _) = answer(data, wish).await;
                job.job.reply(Reply { id: request.id, answer });
            }
            Signal::StepFinished { end, .. } => return end,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_program_runs_again_when_somebody_else_wrote_meanwhile() {
    let host = Host::new();
    let (mut job, data) = (host.job(), DataHere::default());
    let end = run(&mut job, &data, json!({"operation": "jq", "value": ".n += 1 | .seen = .other"}), 3).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}");
    // It saw what the last of the others had written.
    assert_eq!(data.read("flow").await.unwrap().value, json!({"n": 1, "seen": 0, "other": 0}));
    let end = run(&mut job, &data, json!({"operation": "jq", "value": ".", "json_pointer": "/n"}), 0).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}");
    assert!(!job.place.workspace.join(".kraken/step-0-1").exists());
    job.end().await;
}

#[tokio::test]
async fn values_come_from_the_step_or_from_a_file_and_are_read_back() {
    let host = Host::new();
    let (mut job, data) = (host.job(), DataHere::default());
    job.sh("mkdir out; echo '{\"a\": [1, {\"b\": 2}]}' > out/v.json; echo '.a[0]' > out/p.jq").await;
    for (fields, reason) in [
        (json!({"file": "v.json", "cwd": "out"}), Reason::Ok),
        (json!({"value": "text", "json_pointer": "/t"}), Reason::Ok),
        (json!({"value": null, "json_pointer": "/null"}), Reason::Ok),
        (json!({"operation": "jsonpatch", "value": "[{\"op\": \"move\", \"from\": \"/t\", \"path\": \"/u\"}]"}), Reason::Ok),
        (json!({"operation": "jq", "file": "out/p.jq", "json_pointer": "/"}), Reason::StepError),
        (json!({"operation": "get", "file": "got.json", "json_pointer": "/a/1"}), Reason::Ok),
        (json!({"operation": "get", "json_pointer": "/x"}), Reason::StepError),
        (json!({"operation": "get", "scope": "branches"}), Reason::StepError),
        (json!({"operation": "forget"}), Reason::StepError),
        (json!({"value": 1, "file": "out/v.json"}), Reason::StepError),
        (json!({}), Reason::StepError),
        (json!({"file": "out/p.jq"}), Reason::StepError),
    ] {
        let end = run(&mut job, &data, fields.clone(), 0).await;
        assert_eq!(end.reason, reason, "{fields}: {end:?}");
    }
    assert_eq!(data.read("flow").await.unwrap().value, json!({"a": [1, {"b": 2}], "u": "text", "null": null}));
    let got = std::fs::read_to_string(job.place.workspace.join("got.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&got).unwrap(), json!({"b": 2}));
    job.end().await;
}
