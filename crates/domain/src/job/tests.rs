//! The life of a job, told as stories; and one table that holds every state against every event.
#![allow(clippy::unwrap_used)]

mod assignment;
mod ending;
mod held;
mod lease;
mod rerun;
mod steps;
mod stopping;
mod table;

use super::*;
use crate::{Effect, FlowId, Moved, RunId, place::Executor, timeout::LimitOrigin};

/// Seconds from the beginning of the story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn job_id(number: u32) -> JobId {
    JobId { run: RunId { flow: FlowId::new(1, 1), number: 1 }, number }
}

fn agent(number: u128) -> AgentId {
    AgentId::new(1, number)
}

const ALDER: u128 = 1;
const BIRCH: u128 = 2;

/// How long claims and renewals in these stories hold.
const LEASE_S: i64 = 60;

/// A job of two steps and at most 300 s that waits since the beginning.
fn queued() -> Job {
    Job {
        id: job_id(1),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        name: "compile".to_owned(),
        place: Place { group: "all".to_owned(), executor: Executor::Local, system: "any".to_owned(), config: "default".to_owned() },
        spec: SpecRef { sha256: "00".to_owned(), job: 0 },
        limit: TimeLimit { seconds: 300, origin: LimitOrigin::Stage },
        run_created_at: at(0),
        created_at: at(0),
        generation: Generation::default(),
        losses: 0,
        retry_on_agent_loss: true,
        steps: vec![Step::new("fetch", "git"), Step::new("make", "shell")],
        state: JobState::Queued { since: at(0) },
        rerun_of: None,
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Default::default(),
    }
}

/// The same, promised to alder at second 1.
fn assigned() -> Job {
    after(&queued(), assign(ALDER), 1)
}

/// The same, claimed at second 2, with a lease until second 62.
fn running() -> Job {
    after(&assigned(), claim(ALDER, 2), 2)
}

/// The same, reported as successful at second 20.
fn finished() -> Job {
    after(&running(), finish(1, Outcome::Ok), 20)
}

/// The same, taken in at second 21.
fn completed() -> Job {
    after(&finished(), JobEvent::Complete, 21)
}

fn assign(to: u128) -> JobEvent {
    JobEvent::Assign { agent: agent(to) }
}

fn claim(by: u128, second: i64) -> JobEvent {
    JobEvent::Claim { agent: agent(by), lease_until: at(second + LEASE_S), log_prefix: format!("logs/{by}/{second}/") }
}

fn renew(generation: u32, until: i64) -> JobEvent {
    JobEvent::Renew { generation: Generation(generation), lease_until: at(until), steps: Vec::new() }
}

fn finish(generation: u32, outcome: Outcome) -> JobEvent {
    JobEvent::Finish { generation: Generation(generation), verdict: Verdict::plain(outcome), steps: Vec::new() }
}

fn abandon(generation: u32) -> JobEvent {
    JobEvent::Abandon { generation: Generation(generation), untouched: false }
}

fn moved(job: &Job, event: JobEvent, second: i64) -> Moved<Job> {
    job.on(event.clone(), at(second)).unwrap_or_else(|refusal| panic!("{event:?}: {refusal}"))
}

fn after(job: &Job, event: JobEvent, second: i64) -> Job {
    moved(job, event, second).next
}

fn refused(job: &Job, event: JobEvent, second: i64) -> JobRefusal {
    match job.on(event.clone(), at(second)) {
        Err(refusal) => refusal,
        Ok(moved) => panic!("{event:?} was to be refused, and led to {:?}", moved.next.state),
    }
}

fn stale(generation: u32) -> JobRefusal {
    JobRefusal::Stale { job: job_id(1), held: Generation(generation) }
}

fn already() -> JobRefusal {
    JobRefusal::Already { job: job_id(1) }
}

fn not_now(state: &'static str, wanted: &'static str) -> JobRefusal {
    JobRefusal::NotNow { job: job_id(1), state, wanted }
}

fn lease_of(job: &Job) -> Timestamp {
    let JobState::Running { lease_until, .. } = job.state else { panic!("{:?} has no lease", job.state) };
    lease_until
}

fn verdict_of(job: &Job) -> &Verdict {
    let JobState::Completed { verdict, .. } = &job.state else { panic!("{:?} has no outcome", job.state) };
    verdict
}
