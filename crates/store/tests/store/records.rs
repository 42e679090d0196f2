//! A new table, and records to put into it.

use std::collections::BTreeMap;

use kraken_domain::{
    AgentId, BranchId, FlowId, JobId, ProjectId, RunId, StageId, Timestamp,
    agent::{Agent, AgentState, HostFacts},
    flow::{Flow, FlowKind, FlowState, Sequence},
    job::{Generation, Job, JobState},
    place::{Executor, Place},
    record::SpecRef,
    run::{Run, RunReason, RunState},
    step::Step,
    timeout::{LimitOrigin, TimeLimit},
};
use kraken_engines::{clock, dynamodb};
use kraken_store::Store;
use tempfile::TempDir;

pub(crate) async fn table() -> (Store, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let engine = dynamodb::DynamoDb::open(dir.path(), clock::system()).unwrap();
    let store = Store::new(engine.client(), "kraken");
    store.create_table().await.unwrap();
    (store, dir)
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub(crate) fn project() -> ProjectId {
    ProjectId::new(1, 1)
}

pub(crate) fn branch() -> BranchId {
    BranchId::new(1, 2)
}

pub(crate) fn stage() -> StageId {
    StageId::new(1, 3)
}

pub(crate) fn flow_id(n: u64) -> FlowId {
    FlowId::new(n, 4)
}

pub(crate) fn run_id(n: u64) -> RunId {
    RunId { flow: flow_id(n), number: 1 }
}

pub(crate) fn flow(n: u64) -> Flow {
    Flow {
        id: flow_id(n),
        project: project(),
        branch: branch(),
        kind: FlowKind::Ci,
        label: format!("{n}."),
        sequence: Sequence { shared: n, own: n },
        branch_name: "main".to_owned(),
        created_at: at(0),
        reason: kraken_domain::flow::FlowReason::Person,
        started_by: None,
        change: None,
        args: BTreeMap::new(),
        runs_made: 1,
        retention: kraken_domain::retention::Retained::default(),
        state: FlowState::InProgress { cancelled: false },
    }
}

pub(crate) fn run(n: u64) -> Run {
    Run {
        id: run_id(n),
        project: project(),
        branch: branch(),
        stage: stage(),
        stage_name: "build".to_owned(),
        kind: FlowKind::Ci,
        label: "1.".to_owned(),
        sequence: 1,
        own_sequence: 1,
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
        state: RunState::InProgress { started_at: at(0), stop: None },
    }
}

pub(crate) fn place(group: &str, system: &str) -> Place {
    Place { group: group.to_owned(), executor: Executor::Local, system: system.to_owned(), config: "default".to_owned() }
}

/// A queued job of run `n`, which was made `n` seconds after the beginning.
pub(crate) fn job(n: u64, number: u32) -> Job {
    Job {
        id: JobId { run: run_id(n), number },
        project: project(),
        branch: branch(),
        stage: stage(),
        name: "job".to_owned(),
        place: place("all", "any"),
        spec: SpecRef { sha256: "00".to_owned(), job: 0 },
        limit: TimeLimit { seconds: 300, origin: LimitOrigin::Stage },
        run_created_at: at(i64::try_from(n).unwrap()),
        created_at: at(0),
        generation: Generation::default(),
        losses: 0,
        retry_on_agent_loss: true,
        steps: vec![Step::new("one", "shell")],
        state: JobState::Queued { since: at(0) },
        rerun_of: None,
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Default::default(),
    }
}

pub(crate) fn agent(n: u128, state: AgentState) -> Agent {
    Agent {
        id: AgentId::new(5, n),
        name: format!("agent-{n}"),
        groups: ["fast".to_owned()].into(),
        facts: HostFacts { system: "debian-12".to_owned(), executors: [(Executor::Local, "1".to_owned())].into(), ..HostFacts::default() },
        created_at: at(0),
        installation: None,
        state,
    }
}
