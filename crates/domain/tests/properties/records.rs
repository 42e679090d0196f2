//! Records as they are before anything happened to them.

use std::collections::{BTreeMap, BTreeSet};

use kraken_domain::{
    AgentId, BranchId, FlowId, JobId, ProjectId, RunId, StageId, Timestamp,
    agent::{Agent, AgentState, HostFacts},
    flow::FlowKind,
    job::{Generation, Job, JobState},
    place::{Executor, Place},
    record::SpecRef,
    run::{Run, RunReason, RunState},
    step::Step,
    timeout::{LimitOrigin, TimeLimit},
};

/// Seconds from the beginning of the history.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn flow_id() -> FlowId {
    FlowId::new(1, 1)
}

pub(crate) fn job_id(number: u32) -> JobId {
    JobId { run: RunId { flow: flow_id(), number: 1 }, number }
}

pub(crate) fn agent_id(number: usize) -> AgentId {
    AgentId::new(1, number as u128)
}

pub(crate) fn spec() -> SpecRef {
    SpecRef { sha256: "00".to_owned(), job: 0 }
}

/// A waiting job of two steps.
pub(crate) fn job(number: u32, executor: Executor, limit_s: u32, retry_on_agent_loss: bool) -> Job {
    Job {
        id: job_id(number),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        name: format!("job {number}"),
        place: Place { group: "all".to_owned(), executor, system: "any".to_owned(), config: "default".to_owned() },
        spec: spec(),
        limit: TimeLimit { seconds: limit_s, origin: LimitOrigin::Stage },
        run_created_at: at(0),
        created_at: at(0),
        generation: Generation::default(),
        losses: 0,
        retry_on_agent_loss,
        steps: fresh_steps(),
        state: JobState::Queued { since: at(0) },
        rerun_of: None,
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Default::default(),
    }
}

pub(crate) fn fresh_steps() -> Vec<Step> {
    vec![Step::new("fetch", "git"), Step::new("make", "shell")]
}

/// A run whose jobs are not yet made.
pub(crate) fn run(number: u32, stage: StageId, stage_name: &str, timeout_s: u32, reason: RunReason) -> Run {
    Run {
        id: RunId { flow: flow_id(), number },
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage,
        stage_name: stage_name.to_owned(),
        kind: FlowKind::Ci,
        label: "1.".to_owned(),
        sequence: 1,
        own_sequence: 1,
        created_at: at(0),
        args: BTreeMap::new(),
        reason,
        spec: None,
        timeout_s,
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

/// An idle agent with these executors.
pub(crate) fn agent(number: usize, executors: &[Executor]) -> Agent {
    Agent {
        id: agent_id(number),
        name: format!("agent {number}"),
        groups: BTreeSet::new(),
        facts: HostFacts {
            system: "debian-12".to_owned(),
            executors: executors.iter().map(|&executor| (executor, "1".to_owned())).collect(),
            ..HostFacts::default()
        },
        created_at: at(0),
        installation: None,
        state: AgentState::Idle { since: at(0) },
    }
}

pub(crate) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at + std::time::Duration::from_secs(seconds.unsigned_abs())
}
