//! Pictures for tests, told in a few words.
#![allow(clippy::unwrap_used)]

use kraken_protocol::api::{FlowView, JobView, RunView};
use serde_json::{Value, json};

use super::{Picture, RunPicture};

const FLOW: &str = "01j9zqk3v5w8x2y4t6r7n0m1pa";
const ULID: &str = "01j9zqk3v5w8x2y4t6r7n0m1pb";
const BEGIN: &str = "2026-03-01T12:00:00Z";

/// A flow in `state` with runs.
pub(super) fn flow(state: &str, runs: Vec<RunPicture>) -> Picture {
    let views: Vec<&RunView> = runs.iter().map(|run| &run.run).collect();
    let flow: FlowView = serde_json::from_value(json!({
        "id": FLOW, "project": ULID, "branch": ULID, "kind": "ci", "label": "7.", "sequence": 7, "own_sequence": 7,
        "branch_name": "main", "state": state, "cancelled": false, "created_at": BEGIN, "args": {}, "runs": views,
        "completed_at": (state == "completed").then_some("2026-03-01T12:01:03Z"),
    }))
    .unwrap();
    Picture { flow, runs }
}

/// The run `number` of stage `name`. `state` may be a result, too.
pub(super) fn run(number: u32, name: &str, state: &str, jobs: Vec<JobView>) -> RunPicture {
    let result = matches!(state, "ok" | "error" | "cancelled").then_some(state);
    let over = jobs.iter().filter(|job| job.outcome.is_some()).count();
    let wrong = jobs.iter().filter(|job| job.outcome.is_some_and(|outcome| !outcome.is_ok())).count();
    let run = serde_json::from_value(json!({
        "id": format!("{FLOW}-{number}"), "flow": FLOW, "stage": ULID, "stage_name": name, "label": "7.", "result": result,
        "state": if result.is_some() { "processed" } else { state }, "reason": "flow", "created_at": BEGIN, "args": {},
        "started_at": (state != "manual").then_some(BEGIN), "completed_at": result.map(|_| "2026-03-01T12:01:00Z"),
        "jobs": {"total": jobs.len(), "waiting": 0, "executing": 0, "completed": over, "error": wrong},
    }));
    RunPicture { run: run.unwrap(), jobs }
}

/// The job `number` of run 1. `state` may be an outcome, too.
pub(super) fn job(number: u32, name: &str, state: &str) -> JobView {
    let queued: Value = json!(["queued", "assigned", "running", "finished"]);
    let over = !queued.as_array().unwrap().contains(&json!(state));
    serde_json::from_value(json!({
        "id": format!("{FLOW}-1-{number}"), "run": format!("{FLOW}-1"), "flow": FLOW, "name": name, "system": "any",
        "executor": "local", "agents_group": "all", "config": "default", "state": if over { "completed" } else { state },
        "outcome": over.then_some(state), "stopping": false, "created_at": BEGIN, "timeout_s": 300, "timeout_reason": "default",
        "assignments": 1, "started_at": (state != "queued").then_some("2026-03-01T12:00:02Z"),
        "completed_at": over.then_some("2026-03-01T12:00:30Z"),
    }))
    .unwrap()
}

/// What `lines` look like without colours.
pub(super) fn plain(lines: &[crate::look::Line]) -> Vec<String> {
    lines.iter().map(|line| line.painted(crate::look::Paint::off(), usize::MAX)).collect()
}
