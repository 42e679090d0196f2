//! Who gets which job, and what is said to those who wait.
#![allow(clippy::unwrap_used)]

mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{FlowId, RunId, agent::HostFacts, place::Executor};

/// Seconds from the beginning of the story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn job(run: u32, number: u32) -> JobId {
    JobId { run: RunId { flow: FlowId::new(1, 1), number: run }, number }
}

/// Job `number` of run `run`; runs are made one second after the other.
fn waiting(run: u32, number: u32) -> Waiting {
    Waiting { run_created_at: at(i64::from(run)), job: job(run, number) }
}

fn anywhere() -> Lane {
    Lane { group: "all".to_owned(), executor: Executor::Local, system: None }
}

fn on(system: &str) -> Lane {
    Lane { system: Some(system.to_owned()), ..anywhere() }
}

fn of_group(group: &str) -> Lane {
    Lane { group: group.to_owned(), ..anywhere() }
}

fn docker() -> Lane {
    Lane { executor: Executor::Docker, ..anywhere() }
}

/// Names, so that stories can be read; the number orders them.
const ALDER: (u128, &str) = (1, "alder");
const BIRCH: (u128, &str) = (2, "birch");
const CEDAR: (u128, &str) = (3, "cedar");

/// Idle since the beginning, a bare Debian host in no group.
fn agent((number, name): (u128, &str)) -> Agent {
    Agent {
        id: AgentId::new(1, number),
        name: name.to_owned(),
        groups: BTreeSet::new(),
        facts: HostFacts {
            system: "debian-12".to_owned(),
            executors: BTreeMap::from([(Executor::Local, "1".to_owned())]),
            ..HostFacts::default()
        },
        created_at: at(0),
        installation: None,
        state: AgentState::Idle { since: at(0) },
    }
}

fn with_docker(mut agent: Agent) -> Agent {
    agent.facts.executors.insert(Executor::Docker, "28".to_owned());
    agent
}

fn in_group(mut agent: Agent, group: &str) -> Agent {
    agent.groups.insert(group.to_owned());
    agent
}

fn in_state(agent: Agent, state: AgentState) -> Agent {
    Agent { state, ..agent }
}

fn idle_since(agent: Agent, second: i64) -> Agent {
    in_state(agent, AgentState::Idle { since: at(second) })
}

fn busy() -> AgentState {
    AgentState::Busy { job: job(9, 9), since: at(0) }
}

/// Who gets what: `(run, job number, agent's number)`, in the order of the decisions.
fn planned(lanes: &[(Lane, Vec<Waiting>)], agents: &[Agent]) -> Vec<(u32, u32, u128)> {
    let number_of = |id: AgentId| (1..=9).find(|&number| AgentId::new(1, number) == id).unwrap();
    plan(lanes, agents).iter().map(|a| (a.job.run.number, a.job.number, number_of(a.agent))).collect()
}

#[test]
fn nothing_to_do() {
    assert!(plan(&[], &[]).is_empty());
    assert!(plan(&[], &[agent(ALDER)]).is_empty());
    assert!(plan(&[(anywhere(), vec![waiting(1, 1)])], &[]).is_empty());
    assert!(plan(&[(anywhere(), Vec::new())], &[agent(ALDER)]).is_empty());
}

#[test]
fn first_in_first_out() {
    let lanes = [(anywhere(), vec![waiting(1, 1), waiting(1, 2), waiting(2, 1)])];
    assert_eq!(planned(&lanes, &[agent(ALDER), agent(BIRCH)]), [(1, 1, 1), (1, 2, 2)]);
}

#[test]
fn first_in_first_out_across_lanes() {
    let lanes = [(anywhere(), vec![waiting(2, 1)]), (on("debian-12"), vec![waiting(1, 7)]), (of_group("all"), vec![waiting(1, 2)])];
    assert_eq!(planned(&lanes, &[agent(ALDER), agent(BIRCH)]), [(1, 2, 1), (1, 7, 2)]);
}

#[test]
fn the_runs_age_comes_before_the_jobs_number() {
    let lanes = [(anywhere(), vec![waiting(1, 30), waiting(2, 1)])];
    assert_eq!(planned(&lanes, &[agent(ALDER)]), [(1, 30, 1)]);
}

#[test]
fn a_job_that_nothing_fits_blocks_nobody() {
    let lanes =
        [(on("windows-11"), vec![waiting(1, 1), waiting(1, 2)]), (docker(), vec![waiting(1, 3)]), (anywhere(), vec![waiting(2, 1)])];
    assert_eq!(planned(&lanes, &[agent(ALDER)]), [(2, 1, 1)]);
}

#[test]
fn a_specialised_agent_goes_first_so_that_the_versatile_stays_free() {
    let lanes = [(anywhere(), vec![waiting(1, 1)]), (docker(), vec![waiting(1, 2)])];
    let agents = [with_docker(agent(ALDER)), idle_since(agent(BIRCH), 9)];
    assert_eq!(planned(&lanes, &agents), [(1, 1, 2), (1, 2, 1)], "though the other has been idle for longer");
}

#[test]
fn of_equals_the_longest_idle_goes_first() {
    let lanes = [(anywhere(), vec![waiting(1, 1)])];
    let agents = [idle_since(agent(ALDER), 9), idle_since(agent(BIRCH), 3), idle_since(agent(CEDAR), 5)];
    assert_eq!(planned(&lanes, &agents), [(1, 1, 2)]);
}

#[test]
fn two_jobs_and_one_agent() {
    let lanes = [(anywhere(), vec![waiting(1, 1)]), (docker(), vec![waiting(1, 2)])];
    assert_eq!(planned(&lanes, &[with_docker(agent(ALDER))]), [(1, 1, 1)], "one now, the other when it is idle again");
}

#[test]
fn only_idle_agents_are_asked() {
    let lanes = [(anywhere(), vec![waiting(1, 1)])];
    let states = [
        AgentState::Discovered,
        busy(),
        AgentState::Offline { since: at(0), left: false },
        AgentState::Disabled { job: None },
        AgentState::Disabled { job: Some(job(9, 9)) },
        AgentState::Deleted,
    ];
    for state in states {
        assert!(plan(&lanes, &[in_state(agent(ALDER), state)]).is_empty(), "{state:?}");
    }
}

#[test]
fn groups_are_kept_apart() {
    let lanes = [(of_group("gpu"), vec![waiting(1, 1)]), (of_group("arm"), vec![waiting(1, 2)])];
    let agents = [in_group(agent(ALDER), "arm"), in_group(agent(BIRCH), "gpu")];
    assert_eq!(planned(&lanes, &agents), [(1, 1, 2), (1, 2, 1)]);
}

#[test]
fn what_was_read_twice_is_used_once() {
    let twice = [(anywhere(), vec![waiting(1, 1), waiting(1, 1)]), (docker(), vec![waiting(1, 1)])];
    let agents = [with_docker(agent(ALDER)), agent(BIRCH)];
    assert_eq!(planned(&twice, &agents), [(1, 1, 2)]);

    let lanes = [(anywhere(), vec![waiting(1, 1), waiting(1, 2)])];
    let stale_and_fresh = [idle_since(agent(ALDER), 1), idle_since(agent(ALDER), 5)];
    assert_eq!(planned(&lanes, &stale_and_fresh), [(1, 1, 1)]);
}
