//! What must hold after every event.

use kraken_domain::{
    Effect, Moved, Timestamp,
    agent::AgentState,
    job::{Job, JobEvent, JobState},
    run::{RunCounts, RunResult},
    step::{Step, StepStatus},
};

use crate::world::World;

/// Holds for each single transition of a job.
pub(crate) fn check_move(before: &Job, moved: &Moved<Job>, now: Timestamp) {
    let after = &moved.next;
    let what = || format!("{} from {:?} to {:?}", before.id, before.state, after.state);
    generations_only_grow(before, after, &what);
    if before.is_completed() {
        assert_eq!(before.covered_by, None, "covered once: {}", what());
        assert_eq!(Job { covered_by: None, ..after.clone() }, *before, "only covering changes a completed job");
    }
    if let (JobState::Running { lease_until: was, agent: by, .. }, JobState::Running { lease_until: is, agent: still, .. }) =
        (&before.state, &after.state)
    {
        assert!(is >= was, "a lease got shorter: {}", what());
        assert_eq!(by, still, "{}", what());
        steps_only_advance(before, after, &what);
    }
    assert!(after.losses <= 1, "{}", what());
    if matches!(after.state, JobState::Queued { .. }) {
        assert!(!matches!(before.state, JobState::Running { stop: Some(_), .. }), "nobody wants it any more: {}", what());
        assert!(after.steps.iter().all(|step| step.status == StepStatus::NotStarted), "{}", what());
    }
    effects_suffice(before, moved, &what);
    let is_due = after.due().is_some_and(|due| due <= now);
    assert_eq!(is_due, after.on(JobEvent::Tick, now).is_ok(), "what is due moves, what moves was due: {}", what());
}

fn generations_only_grow(before: &Job, after: &Job, what: &dyn Fn() -> String) {
    let promised = matches!(after.state, JobState::Assigned { .. });
    assert_eq!(after.generation.0, before.generation.0 + u32::from(promised), "each promise opens one generation: {}", what());
}

fn steps_only_advance(before: &Job, after: &Job, what: &dyn Fn() -> String) {
    let rank = |step: &Step| match step.status {
        StepStatus::NotStarted => 0,
        StepStatus::InProgress => 1,
        StepStatus::Done | StepStatus::Error | StepStatus::Skipped => 2,
    };
    for (was, is) in before.steps.iter().zip(&after.steps) {
        assert!(rank(is) >= rank(was), "a step went back: {}", what());
    }
}

/// Whoever has something to do because of a change is woken.
fn effects_suffice(before: &Job, moved: &Moved<Job>, what: &dyn Fn() -> String) {
    let after = &moved.next;
    let woken = |effect: Effect| assert!(moved.effects.contains(&effect), "{effect:?} is missing: {}", what());
    if matches!(after.state, JobState::Queued { .. }) || (before.holder().is_some() && after.holder().is_none()) {
        woken(Effect::WakeScheduler);
    }
    if after.is_completed() && !before.is_completed() {
        woken(Effect::WakeRun(after.id.run));
    }
    if let (JobState::Running { stop: None, agent, .. }, JobState::Running { stop: Some(_), .. }) = (&before.state, &after.state) {
        woken(Effect::WakeAgent(*agent));
    }
    if let JobState::Assigned { agent, .. } = after.state {
        woken(Effect::WakeAgent(agent));
    }
}

/// Holds for the whole world.
pub(crate) fn check(world: &World) {
    nothing_runs_twice(world);
    agents_and_jobs_agree(world);
    counts_equal_a_recount(world);
    run_follows_its_jobs(world);
    for (id, claims) in &world.control.claims {
        let allowed = if world.control.jobs[id].retry_on_agent_loss { 2 } else { 1 };
        assert!(*claims <= allowed, "{id} was begun {claims} times");
    }
}

/// At most one host works on a job in the belief that it may, and it is right: whatever is late or lost, no other
/// is given the job before that belief has ended.
fn nothing_runs_twice(world: &World) {
    let control = &world.control;
    for job in control.jobs.values() {
        let working: Vec<_> = world
            .hosts
            .iter()
            .filter_map(|host| host.working_on(control.now).map(|held| (host.agent, held)))
            .filter(|(_, (id, _))| *id == job.id)
            .collect();
        assert!(working.len() <= 1, "{} runs on {working:?}", job.id);
        for (agent, (_, generation)) in working {
            assert_eq!(generation, job.generation, "{} was given away while {agent} works on it", job.id);
            let rightly = matches!(job.state, JobState::Running { agent: holder, .. } if holder == agent);
            assert!(rightly || job.is_completed(), "{agent} works on {}, which is {:?}", job.id, job.state);
        }
    }
}

/// An agent is busy with a job exactly when that job is in its hands.
fn agents_and_jobs_agree(world: &World) {
    let control = &world.control;
    for agent in control.agents.values() {
        if let Some(id) = agent.job() {
            assert_eq!(control.hands(&control.jobs[&id]), Some(agent.id), "{:?} but {:?}", agent.state, control.jobs[&id].state);
        }
    }
    for job in control.jobs.values() {
        if let Some(holder) = control.hands(job) {
            let state = control.agents[&holder].state;
            // A deleted agent keeps its lease to the end, so that nothing runs twice.
            let knows = state == AgentState::Deleted || control.agents[&holder].job() == Some(job.id);
            assert!(knows, "{:?} but its agent is {state:?}", job.state);
        }
    }
}

fn counts_equal_a_recount(world: &World) {
    let recount = world.control.jobs.values().map(RunCounts::of).fold(RunCounts::default(), RunCounts::plus);
    assert_eq!(world.control.counts, recount);
    assert!(recount.waiting() >= 0 && recount.executing >= 0 && recount.error <= recount.completed, "{recount:?}");
}

fn run_follows_its_jobs(world: &World) {
    let control = &world.control;
    assert_eq!(control.run.jobs_made as usize, control.jobs.len());
    if !control.run.is_completed() {
        assert!(control.run.due().is_some(), "a run that is not over is looked at again");
        return;
    }
    assert!(control.jobs.values().all(Job::is_completed), "the run is over, its jobs are not");
    let in_error = control.jobs.values().any(|job| job.covered_by.is_none() && job.outcome().is_some_and(|outcome| !outcome.is_ok()));
    assert_eq!(control.run.result(), Some(if in_error { RunResult::Error } else { RunResult::Ok }));
}
