//! What single changes make known.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::{
    AgentId, BranchId, FlowId, JobId, ProjectId, RunId, StageId,
    agent::{Agent, AgentEvent, AgentState, HostFacts},
    flow::{Flow, FlowKind, FlowState, Sequence},
    job::{Generation, Job, JobEvent, JobState, Outcome, Verdict},
    place::{Executor, Place},
    record::SpecRef,
    run::{Run, RunCounts, RunEvent, RunReason, RunState},
    timeout::{LimitOrigin, TimeLimit},
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn run_id() -> RunId {
    RunId { flow: FlowId::new(1, 1), number: 1 }
}

fn spec() -> SpecRef {
    SpecRef { sha256: "00".to_owned(), job: 0 }
}

fn flow() -> Flow {
    Flow {
        id: run_id().flow,
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        kind: FlowKind::Ci,
        label: "7.".to_owned(),
        sequence: Sequence { shared: 7, own: 7 },
        branch_name: "main".to_owned(),
        created_at: at(0),
        reason: crate::flow::FlowReason::Person,
        started_by: None,
        change: None,
        args: BTreeMap::new(),
        runs_made: 1,
        retention: crate::retention::Retained::default(),
        state: FlowState::InProgress { cancelled: false },
    }
}

fn run() -> Run {
    Run {
        id: run_id(),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        stage_name: "build".to_owned(),
        kind: FlowKind::Ci,
        label: "7.".to_owned(),
        sequence: 7,
        own_sequence: 7,
        created_at: at(0),
        args: BTreeMap::new(),
        reason: RunReason::Flow,
        spec: None,
        timeout_s: 100,
        jobs_made: 0,
        notices: false,
        note: None,
        audience: None,
        source_commit: None,
        ordered: false,
        concurrency: None,
        tally: None,
        covered_by: None,
        released_at: None,
        state: RunState::Creating,
    }
}

fn job() -> Job {
    Job {
        id: JobId { run: run_id(), number: 1 },
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        name: "unit".to_owned(),
        place: Place { group: "all".to_owned(), executor: Executor::Local, system: "any".to_owned(), config: "default".to_owned() },
        spec: spec(),
        limit: TimeLimit { seconds: 300, origin: LimitOrigin::Stage },
        run_created_at: at(0),
        created_at: at(0),
        generation: Generation::default(),
        losses: 0,
        retry_on_agent_loss: true,
        steps: Vec::new(),
        state: JobState::Queued { since: at(0) },
        rerun_of: None,
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Default::default(),
    }
}

fn agent(state: AgentState) -> Agent {
    let (id, name) = (AgentId::new(1, 5), "alder".to_owned());
    Agent { id, name, groups: BTreeSet::new(), facts: HostFacts::default(), created_at: at(0), installation: None, state }
}

fn only(news: News) -> Value {
    let [event] = news.events.as_slice() else { panic!("{:?}", news.events) };
    assert_eq!(serde_json::from_value::<Event>(serde_json::to_value(event).unwrap()).unwrap(), *event, "it can be read back");
    serde_json::to_value(event).unwrap()
}

#[test]
fn the_start_and_the_end_of_a_flow_are_told() {
    let started = only(of_flow(None, &flow(), 1));
    let (id, project, branch) = (run_id().flow, flow().project, flow().branch);
    assert_eq!(
        started,
        json!({"id": format!("{id}:flow.started:1"), "time": "2027-01-15T08:00:00Z", "project": project, "branch": branch, "flow": id,
            "event": "flow.started", "label": "7.", "kind": "ci", "branch_name": "main", "runs": 1})
    );
    let mut over = run();
    over.state = over.on(RunEvent::Invalid { note: "no".to_owned() }, at(5)).unwrap().next.state;
    let done = flow().settle(&[over], at(9)).unwrap();
    let completed = only(of_flow(Some(&flow()), &done, 4));
    assert_eq!((&completed["event"], &completed["result"], &completed["took_s"]), (&json!("flow.completed"), &json!("error"), &json!(9)));
    assert_eq!(completed["id"], format!("{id}:flow.completed:4"));
    assert_eq!(of_flow(Some(&done), &done, 5), News::none());
    assert_eq!(of_flow(Some(&done), &done.with_runs(1), 5), News::none(), "what starts again is a run");
}

#[test]
fn a_flow_that_is_over_as_it_begins_tells_both() {
    let done = flow().settle(&[], at(0)).unwrap();
    let told: Vec<&str> = of_flow(None, &done, 1).events.iter().map(|event| event.what.kind()).collect();
    assert_eq!(told, ["flow.started", "flow.completed"]);
}

#[test]
fn each_completion_of_a_run_is_told() {
    let made = run().on(RunEvent::Created { spec: spec(), jobs: 2 }, at(1)).unwrap().next;
    assert_eq!(only(of_run(Some(&run()), &made, 2))["event"], "run.started");
    let over = made.on(RunEvent::Counted(RunCounts { total: 2, executing: 0, completed: 2, error: 1 }), at(31)).unwrap().next;
    let told = only(of_run(Some(&made), &over, 3));
    assert_eq!((&told["result"], &told["took_s"], &told["stage"]), (&json!("error"), &json!(30), &json!("build")));
    let processed = over.on(RunEvent::Processed, at(32)).unwrap().next;
    assert_eq!(of_run(Some(&over), &processed, 4), News::none());
    let again = processed.on(RunEvent::Rerun { jobs: 1 }, at(40)).unwrap().next;
    assert_eq!(only(of_run(Some(&processed), &again, 5))["id"], format!("{}:run.started:5", run_id()));
    let over = again.on(RunEvent::Counted(RunCounts { total: 2, executing: 0, completed: 2, error: 0 }), at(50)).unwrap().next;
    assert_eq!(only(of_run(Some(&again), &over, 6))["result"], "ok");
}

#[test]
fn a_job_tells_how_it_ended_and_how_long_it_waited() {
    let to = AgentId::new(1, 5);
    let assigned = job().on(JobEvent::Assign { agent: to }, at(12)).unwrap().next;
    let news = of_job(Some(&job()), &assigned, 2);
    assert_eq!((news.events, news.measures), (Vec::new(), vec![Measure::QueueWait { ms: 12_000 }]));
    let claim = JobEvent::Claim { agent: to, lease_until: at(100), log_prefix: String::new() };
    let running = assigned.on(claim, at(13)).unwrap().next;
    assert_eq!(of_job(Some(&assigned), &running, 3).measures, [Measure::AssignmentLatency { ms: 1000 }]);
    assert_eq!(
        of_job(Some(&job()), &running, 2).measures,
        [Measure::QueueWait { ms: 13_000 }, Measure::AssignmentLatency { ms: 0 }],
        "both in one write"
    );
    let verdict = Verdict::because(Outcome::StepError, format!("step 1 failed:\n{}", "x".repeat(500)));
    let finish = JobEvent::Finish { generation: running.generation, verdict, steps: Vec::new() };
    let finished = running.on(finish, at(20)).unwrap().next;
    let over = finished.on(JobEvent::Complete, at(20)).unwrap().next;
    let news = of_job(Some(&running), &over, 4);
    assert_eq!(news.measures, [Measure::JobCompleted(Outcome::StepError)]);
    let told = only(news);
    assert_eq!((&told["agent"], &told["outcome"], &told["took_s"]), (&json!(to), &json!("step_error"), &json!(7)));
    let message = told["message"].as_str().unwrap();
    assert!(message.starts_with("step 1 failed: xxx") && message.len() < 110, "{message}");
    let covered = over.on(JobEvent::Cover { by: JobId { run: run_id(), number: 2 } }, at(30)).unwrap().next;
    assert_eq!(of_job(Some(&over), &covered, 5), News::none());
}

#[test]
fn an_agent_tells_when_it_comes_and_goes() {
    let steps = [
        (AgentEvent::Authorise, "agent.joined"),
        (AgentEvent::Seen, "agent.ready"),
        (AgentEvent::Silent, "agent.lost"),
        (AgentEvent::Seen, "agent.ready"),
        (AgentEvent::Leave, "agent.left"),
    ];
    let mut before = agent(AgentState::Discovered);
    assert_eq!(of_agent(None, &before, 1), News::none(), "who merely asks to join");
    for (version, (event, told)) in (2..).zip(steps) {
        let after = before.on(event, at(1)).unwrap().next;
        let news = of_agent(Some(&before), &after, version);
        assert_eq!(news.measures.len(), usize::from(told == "agent.lost"));
        assert_eq!(only(news)["event"], told);
        before = after;
    }
    assert_eq!(only(of_agent(None, &agent(AgentState::Offline { since: at(0), left: false }), 1))["event"], "agent.joined");
    let off = before.on(AgentEvent::Disable, at(2)).unwrap().next;
    assert_eq!(of_agent(Some(&before), &off, 9), News::none());
    let on = off.on(AgentEvent::Enable { alive: true }, at(3)).unwrap().next;
    assert_eq!(only(of_agent(Some(&off), &on, 10))["event"], "agent.ready");
}

#[test]
fn many_events_fit_into_a_record() {
    let mut job = job();
    job.name = "\"".repeat(1000);
    let verdict = Verdict::because(Outcome::AgentsGroupMissing, "\u{1}\"".repeat(500));
    job.state = JobState::Completed { agent: Some(AgentId::new(1, 1)), started_at: Some(at(0)), completed_at: at(1), verdict };
    let told = serde_json::to_string(&of_job(None, &job, 1).events).unwrap();
    assert!(told.len() < 1000, "{} bytes", told.len());
}
