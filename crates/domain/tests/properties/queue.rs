//! The scheduler's plan, compared with one so naive that it is plainly right.

use std::collections::BTreeSet;

use kraken_domain::{
    AgentId, JobId, RunId,
    agent::{Agent, AgentState},
    place::{Executor, Lane},
    schedule::{Assignment, Waiting, plan},
};
use proptest::prelude::*;

use crate::{cases, records};

type Lanes = Vec<(Lane, Vec<Waiting>)>;

const GROUPS: [&str; 3] = ["all", "linux", "gpu"];
const SYSTEMS: [&str; 2] = ["debian-12", "ubuntu-22.04"];
const EXECUTORS: [Executor; 3] = [Executor::Local, Executor::Docker, Executor::Lxd];

fn lane() -> impl Strategy<Value = Lane> {
    (prop::sample::select(&GROUPS[..]), prop::sample::select(&EXECUTORS[..]), prop::option::of(prop::sample::select(&SYSTEMS[..])))
        .prop_map(|(group, executor, system)| Lane {
            group: group.to_owned(),
            executor,
            system: system.filter(|_| executor == Executor::Local).map(str::to_owned),
        })
}

/// Jobs with different ids, each in one of a few lanes, each lane in order.
fn lanes() -> impl Strategy<Value = Lanes> {
    (prop::collection::btree_set(lane(), 1..6), prop::collection::vec((any::<prop::sample::Index>(), 0..4i64), 0..25)).prop_map(
        |(lanes, jobs)| {
            let mut lanes: Lanes = lanes.into_iter().map(|lane| (lane, Vec::new())).collect();
            for (number, (lane, age)) in (1..).zip(jobs) {
                let run = RunId { flow: records::flow_id(), number: 1 + age as u32 };
                let at = lane.index(lanes.len());
                lanes[at].1.push(Waiting { run_created_at: records::at(age), job: JobId { run, number } });
            }
            lanes.iter_mut().for_each(|(_, jobs)| jobs.sort());
            lanes
        },
    )
}

fn agent() -> impl Strategy<Value = Agent> {
    let state = prop_oneof![
        6 => (0..3i64).prop_map(|since| AgentState::Idle { since: records::at(since) }),
        1 => Just(AgentState::Busy { job: records::job_id(1), since: records::at(0) }),
        1 => Just(AgentState::Offline { since: records::at(0), left: false }),
        1 => Just(AgentState::Disabled { job: None }),
        1 => Just(AgentState::Discovered),
        1 => Just(AgentState::Deleted),
    ];
    let groups = prop::sample::subsequence(&GROUPS[1..], 0..=2);
    let executors = prop::sample::subsequence(&EXECUTORS[..], 0..=3);
    (state, groups, executors, prop::sample::select(&SYSTEMS[..])).prop_map(|(state, groups, executors, system)| {
        let mut agent = records::agent(0, &executors);
        agent.facts.system = system.to_owned();
        agent.groups = groups.into_iter().map(str::to_owned).collect();
        agent.state = state;
        agent
    })
}

fn agents() -> impl Strategy<Value = Vec<Agent>> {
    prop::collection::vec(agent(), 0..8).prop_map(|mut agents| {
        for (number, agent) in agents.iter_mut().enumerate() {
            agent.id = records::agent_id(number);
        }
        agents
    })
}

/// Job by job, the oldest first, looking at every agent each time.
fn naive(lanes: &Lanes, agents: &[Agent]) -> Vec<Assignment> {
    let mut jobs: Vec<(&Waiting, &Lane)> = lanes.iter().flat_map(|(lane, jobs)| jobs.iter().map(move |job| (job, lane))).collect();
    jobs.sort_by_key(|(job, _)| (job.run_created_at, job.job));
    let mut used: BTreeSet<AgentId> = BTreeSet::new();
    let mut assignments = Vec::new();
    for (job, lane) in jobs {
        let chosen = agents
            .iter()
            .filter_map(|agent| match agent.state {
                AgentState::Idle { since } if !used.contains(&agent.id) && agent.fits(lane) => {
                    let versatility = lanes.iter().filter(|(lane, _)| agent.fits(lane)).count();
                    Some((versatility, since, agent.id))
                }
                _ => None,
            })
            .min();
        if let Some((_, _, agent)) = chosen {
            used.insert(agent);
            assignments.push(Assignment { job: job.job, agent });
        }
    }
    assignments
}

fn lane_of(lanes: &Lanes, id: JobId) -> &Lane {
    lanes.iter().find(|(_, jobs)| jobs.iter().any(|job| job.job == id)).map(|(lane, _)| lane).unwrap()
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn the_plan_equals_the_naive_one(lanes in lanes(), agents in agents()) {
        prop_assert_eq!(plan(&lanes, &agents), naive(&lanes, &agents));
    }

    #[test]
    fn nobody_is_used_twice_and_nobody_is_given_what_does_not_fit(lanes in lanes(), agents in agents()) {
        let plan = plan(&lanes, &agents);
        let jobs: BTreeSet<JobId> = plan.iter().map(|assignment| assignment.job).collect();
        let used: BTreeSet<AgentId> = plan.iter().map(|assignment| assignment.agent).collect();
        prop_assert_eq!((jobs.len(), used.len()), (plan.len(), plan.len()));
        for assignment in plan {
            let agent = agents.iter().find(|agent| agent.id == assignment.agent).unwrap();
            let idle = matches!(agent.state, AgentState::Idle { .. });
            prop_assert!(idle && agent.fits(lane_of(&lanes, assignment.job)));
        }
    }

    #[test]
    fn nobody_is_overtaken_and_nobody_is_left_idle(lanes in lanes(), agents in agents()) {
        let plan = plan(&lanes, &agents);
        let assigned = |id: JobId| plan.iter().find(|assignment| assignment.job == id);
        for (lane, jobs) in &lanes {
            for waiting in jobs.iter().filter(|waiting| assigned(waiting.job).is_none()) {
                for agent in agents.iter().filter(|agent| matches!(agent.state, AgentState::Idle { .. }) && agent.fits(lane)) {
                    let taken = plan.iter().find(|assignment| assignment.agent == agent.id);
                    prop_assert!(taken.is_some(), "{} waits while {} is idle", waiting.job, agent.name);
                    let by = taken.unwrap().job;
                    prop_assert!(by < waiting.job, "{} went before {}, which its agent fits", by, waiting.job);
                }
            }
        }
    }

    #[test]
    fn as_many_heads_per_lane_as_there_are_idle_agents_are_enough(lanes in lanes(), agents in agents()) {
        let idle = agents.iter().filter(|agent| matches!(agent.state, AgentState::Idle { .. })).count();
        let heads: Lanes = lanes.iter().map(|(lane, jobs)| (lane.clone(), jobs.iter().take(idle).cloned().collect())).collect();
        prop_assert_eq!(plan(&heads, &agents), plan(&lanes, &agents));
    }
}
