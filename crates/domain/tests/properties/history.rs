//! Random histories of one run: what must hold after each event holds, and in the end nothing is stuck.

use std::collections::BTreeSet;

use kraken_domain::{StageId, job::Outcome, place::Executor, run::RunReason};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::{
    Make, cases,
    control::{Control, Habits},
    random, records,
    world::{Happening, World},
};

#[derive(Clone, Debug)]
struct History {
    habits: Habits,
    run_timeout_s: u32,
    /// Executor, seconds it may take, whether a loss runs it again.
    jobs: Vec<(Executor, u32, bool)>,
    /// Whether it has Docker, too.
    agents: Vec<bool>,
    happenings: Vec<Happening>,
}

/// How often what happens. Shrinking prefers the first.
const HAPPENINGS: [(u16, Make<Happening>); 26] = [
    (30, |n, _| Happening::Pass { seconds: 1 + n % 24 }),
    (3, |n, _| Happening::Pass { seconds: 25 + n % 175 }),
    (24, |_, _| Happening::Schedule),
    (20, |_, _| Happening::Watch),
    (30, |n, _| Happening::Ask(n)),
    (40, |n, _| Happening::Beat(n)),
    (14, |n, m| Happening::End(n, if m % 5 == 4 { Outcome::StepError } else { Outcome::Ok })),
    (110, |n, _| Happening::Deliver(n)),
    (10, |n, _| Happening::DeliverTwice(n)),
    (10, |n, _| Happening::Lose(n)),
    (20, |n, _| Happening::HoldBack(n)),
    (10, |n, _| Happening::LetThrough(n)),
    (10, |n, _| Happening::TakeIn(n)),
    (10, |_, _| Happening::ReadRun),
    (20, |_, _| Happening::ReadCounts),
    (20, |_, _| Happening::SettleRun),
    (4, |_, _| Happening::AnalyseRun),
    (5, |n, _| Happening::Crash(n)),
    (8, |n, _| Happening::Restart(n)),
    (4, |n, _| Happening::CancelJob(n)),
    (1, |_, _| Happening::CancelRun),
    (10, |n, _| Happening::RerunJob(n)),
    (2, |n, _| Happening::Disable(n)),
    (4, |n, _| Happening::Enable(n)),
    (1, |n, _| Happening::Delete(n)),
    (1, |n, _| Happening::GrowStubborn(n)),
];

fn history() -> impl Strategy<Value = History> {
    let habits = (20..=90i64, any::<bool>()).prop_map(|(lease_s, release_at_finish)| Habits { lease_s, release_at_finish });
    let executor = prop_oneof![3 => Just(Executor::Local), 1 => Just(Executor::Docker)];
    let jobs = prop::collection::vec((executor, 30..200u32, prop::bool::weighted(0.7)), 1..=4);
    let agents = prop::collection::vec(any::<bool>(), 1..=3);
    let happenings = random(&HAPPENINGS, 0..250);
    (habits, 100..2_000u32, jobs, agents, happenings).prop_map(|(habits, run_timeout_s, jobs, agents, happenings)| History {
        habits,
        run_timeout_s,
        jobs,
        agents,
        happenings,
    })
}

/// Plays it to the end and tells which corners it came through.
fn play(history: &History) -> BTreeSet<&'static str> {
    let run = records::run(1, StageId::new(1, 4), "tests", history.run_timeout_s, RunReason::Flow);
    let jobs = (1..).zip(&history.jobs).map(|(number, &(executor, limit_s, retry))| records::job(number, executor, limit_s, retry));
    let agents = (1..).zip(&history.agents).map(|(number, &docker)| {
        let both = [Executor::Local, Executor::Docker];
        records::agent(number, if docker { &both } else { &both[..1] })
    });
    let mut world = World::new(Control::new(history.habits, run, jobs.collect(), agents.collect()));
    for &happening in &history.happenings {
        world.play(happening);
    }
    world.come_to_rest();
    world.control.seen
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn whatever_happens_nothing_runs_twice_nothing_is_lost_and_nothing_is_stuck(history in history()) {
        play(&history);
    }
}

/// Guards the property above against becoming empty: its histories come through every corner.
#[test]
fn the_histories_come_through_every_corner() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..1_000 {
        seen.extend(play(&history().new_tree(&mut runner).unwrap().current()));
    }
    let corners = [
        "a claim answered twice",
        "a claim that never came",
        "a decision on an old picture",
        "a job requeued after a loss",
        "a run reopened",
        "a run whose time was up",
        "a running job told to stop",
        "an agent fenced out",
        "an agent offline",
        "agent_lost",
        "cancelled",
        "job_timeout",
        "ok",
        "step_error",
    ];
    for corner in corners {
        assert!(seen.contains(corner), "no history had: {corner}");
    }
}
