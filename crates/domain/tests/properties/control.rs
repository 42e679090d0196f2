//! The control plane of the small world: loads, asks the transitions, commits together what belongs together.

use std::collections::{BTreeMap, BTreeSet};

use kraken_domain::{
    AgentId, JobId, Timestamp,
    agent::{Agent, AgentEvent, AgentRefusal, AgentState, SILENT_AFTER_S},
    job::{Generation, Job, JobEvent, JobRefusal, JobState, Outcome, Stop, Verdict},
    place::Lane,
    run::{Run, RunCounts, RunEvent, RunState},
    schedule::{Waiting, plan},
    step::Step,
};

use crate::{invariants, records};

/// What an agent asks.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Claim,
    Beat { held: Option<(JobId, Generation)>, steps: Vec<Step> },
    Finish { job: JobId, generation: Generation, outcome: Outcome },
    Abandon { job: JobId, generation: Generation },
}

/// What it is told.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Here is your job.
    Order { job: JobId, generation: Generation, lease_until: Timestamp },
    /// You still hold it.
    Held { job: JobId, generation: Generation, lease_until: Timestamp, stop: bool },
    /// You don't hold it any more, or what you said of it is stored.
    LetGo { job: JobId, generation: Generation },
    /// You don't exist.
    Gone,
}

/// How the control plane of a history does what it is free to choose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) lease_s: i64,
    /// An agent may have its next job once it reported, or only when the report has been taken in.
    pub(crate) release_at_finish: bool,
}

pub(crate) struct Control {
    pub(crate) now: Timestamp,
    pub(crate) habits: Habits,
    pub(crate) run: Run,
    pub(crate) counts: RunCounts,
    pub(crate) jobs: BTreeMap<JobId, Job>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) heard: BTreeMap<AgentId, Timestamp>,
    /// How often each job was begun.
    pub(crate) claims: BTreeMap<JobId, u32>,
    /// What a reconciler of the run has read and not yet decided on.
    read: Option<(Run, Option<RunCounts>)>,
    /// Requests served so far. The clocks of those who serve them differ a little.
    served: i64,
    /// The corners that the history has come through.
    pub(crate) seen: BTreeSet<&'static str>,
}

impl Control {
    pub(crate) fn new(habits: Habits, run: Run, jobs: Vec<Job>, agents: Vec<Agent>) -> Self {
        let now = records::at(0);
        let counts = jobs.iter().map(RunCounts::of).fold(RunCounts::default(), RunCounts::plus);
        let run = run.on(RunEvent::Created { spec: records::spec(), jobs: jobs.len() as u32 }, now).unwrap().next;
        Self {
            now,
            habits,
            run,
            counts,
            jobs: jobs.into_iter().map(|job| (job.id, job)).collect(),
            heard: agents.iter().map(|agent| (agent.id, now)).collect(),
            agents: agents.into_iter().map(|agent| (agent.id, agent)).collect(),
            claims: BTreeMap::new(),
            read: None,
            served: 0,
            seen: BTreeSet::new(),
        }
    }

    /// One event of one job, with everything that must be written together with it: its run's counts, and its agent's
    /// hands.
    fn commit(&mut self, id: JobId, event: JobEvent) -> Result<(), JobRefusal> {
        let before = self.jobs[&id].clone();
        let held = generation_of(&event);
        let moved = before.on(event, self.now).inspect_err(|refusal| {
            if let JobRefusal::Stale { .. } = refusal {
                self.seen.insert("an agent fenced out");
            }
        })?;
        assert!(held.is_none_or(|held| held == before.generation), "{id} believed an agent that holds generation {held:?}");
        invariants::check_move(&before, &moved, self.now);
        let after = moved.next;
        self.counts = self.counts.plus(RunCounts::change(Some(&before), &after));
        if let Some(agent) = self.hands(&before)
            && self.hands(&after) != Some(agent)
        {
            self.release(agent, id);
        }
        self.remember(&before, &after);
        self.jobs.insert(id, after);
        Ok(())
    }

    /// The agent that must be busy with the job.
    pub(crate) fn hands(&self, job: &Job) -> Option<AgentId> {
        match job.state {
            JobState::Finished { agent, .. } if !self.habits.release_at_finish => Some(agent),
            _ => job.holder(),
        }
    }

    fn release(&mut self, agent: AgentId, job: JobId) {
        match self.agents[&agent].on(AgentEvent::Release { job }, self.now) {
            Ok(moved) => self.agents.insert(agent, moved.next),
            Err(AgentRefusal::Already { .. }) => None,
            Err(refusal) => panic!("a job that ends must not fail on its agent: {refusal}"),
        };
    }

    fn remember(&mut self, before: &Job, after: &Job) {
        let corner = match (&before.state, &after.state) {
            (JobState::Assigned { .. }, JobState::Queued { .. }) => "a claim that never came",
            (JobState::Running { .. }, JobState::Queued { .. }) => "a job requeued after a loss",
            (JobState::Running { .. }, JobState::Running { stop: Some(_), .. }) => "a running job told to stop",
            (_, JobState::Completed { verdict, .. }) => verdict.outcome.as_str(),
            _ => return,
        };
        self.seen.insert(corner);
    }

    pub(crate) fn schedule(&mut self) {
        let mut lanes: BTreeMap<Lane, Vec<Waiting>> = BTreeMap::new();
        for job in self.jobs.values().filter(|job| matches!(job.state, JobState::Queued { .. })) {
            lanes.entry(job.place.lane()).or_default().push(Waiting { run_created_at: job.run_created_at, job: job.id });
        }
        let lanes: Vec<_> = lanes.into_iter().collect();
        let agents: Vec<Agent> = self.agents.values().cloned().collect();
        for assignment in plan(&lanes, &agents) {
            let agent = &self.agents[&assignment.agent];
            let busy = agent.on(AgentEvent::Assign { job: assignment.job }, self.now).expect("only idle agents are planned");
            self.commit(assignment.job, JobEvent::Assign { agent: assignment.agent }).expect("only waiting jobs are planned");
            self.agents.insert(assignment.agent, busy.next);
        }
    }

    /// The watchdog's tick.
    pub(crate) fn watch(&mut self) {
        let due: Vec<JobId> = self.jobs.values().filter(|job| job.due().is_some_and(|due| due <= self.now)).map(|job| job.id).collect();
        for id in due {
            self.commit(id, JobEvent::Tick).expect("what is due moves");
        }
        self.look_for_silence();
        self.stop_jobs();
        // Its jobs are told by the next look, as if whoever noted it had died.
        if let Ok(late) = self.run.on(RunEvent::Tick, self.now) {
            self.run = late.next;
            self.seen.insert("a run whose time was up");
        }
    }

    /// Whoever looks at a run whose jobs are to be stopped tells them first and marks it then: a crash in between only tells again.
    fn stop_jobs(&mut self) {
        let RunState::InProgress { stop: Some(stop), .. } = self.run.state else { return };
        if stop.told {
            return;
        }
        let event = match stop.why {
            Stop::Cancelled => JobEvent::Cancel,
            Stop::TimeUp => JobEvent::RunTimeUp,
        };
        let meant: Vec<JobId> = self.jobs.keys().copied().collect();
        for id in meant {
            self.tell(id, event.clone());
        }
        self.run = self.run.on(RunEvent::Told, self.now).expect("it was not told").next;
    }

    fn look_for_silence(&mut self) {
        for (id, agent) in &mut self.agents {
            let silent = (self.now - self.heard[id]).get_seconds() >= SILENT_AFTER_S;
            if silent && let Ok(gone) = agent.on(AgentEvent::Silent, self.now) {
                *agent = gone.next;
                self.seen.insert("an agent offline");
            }
        }
    }

    /// An event that may come too late.
    pub(crate) fn tell(&mut self, id: JobId, event: JobEvent) {
        match self.commit(id, event) {
            Ok(()) | Err(JobRefusal::Already { .. }) => {}
            Err(refusal) => assert!(matches!(refusal, JobRefusal::NotNow { .. }), "{refusal}"),
        }
    }

    pub(crate) fn cancel_run(&mut self) {
        if let Ok(moved) = self.run.on(RunEvent::Cancel, self.now) {
            assert!(!moved.next.is_completed(), "a run with jobs ends with them");
            self.run = moved.next;
            self.seen.insert("a run cancelled");
        }
    }

    /// A clone of an ended job takes its place.
    pub(crate) fn rerun(&mut self, id: JobId) {
        let old = self.jobs[&id].clone();
        let by = records::job_id(self.run.jobs_made + 1);
        let Ok(reopened) = self.run.on(RunEvent::Rerun { jobs: 1 }, self.now) else { return };
        if self.commit(id, JobEvent::Cover { by }).is_err() {
            return;
        }
        if self.run.is_completed() {
            self.seen.insert("a run reopened");
        }
        self.run = reopened.next;
        let clone = Job {
            run_created_at: old.run_created_at,
            created_at: self.now,
            rerun_of: Some(id),
            state: JobState::Queued { since: self.now },
            ..records::job(by.number, old.place.executor, old.limit.seconds, old.retry_on_agent_loss)
        };
        self.counts = self.counts.plus(RunCounts::change(None, &clone));
        self.jobs.insert(by, clone);
    }

    /// A reconciler reads the run: what it reads may be old by the time it decides.
    pub(crate) fn read_run(&mut self) {
        self.read = Some((self.run.clone(), None));
    }

    /// Then the counts, in this order: whatever is added to the run in between changes the run. (The other way round, old
    /// counts would complete a run that was reopened in between.)
    pub(crate) fn read_counts(&mut self) {
        if let Some((_, counts)) = &mut self.read {
            *counts = Some(self.counts);
        }
    }

    /// It commits under the condition that the run is still as it was read.
    pub(crate) fn settle_run(&mut self) {
        let Some((run, Some(counts))) = self.read.take() else { return };
        if run != self.run {
            self.seen.insert("a decision on an old picture");
            return;
        }
        if let Ok(moved) = run.on(RunEvent::Counted(counts), self.now) {
            self.run = moved.next;
        }
    }

    pub(crate) fn analyse_run(&mut self) {
        if let Ok(moved) = self.run.on(RunEvent::Processed, self.now) {
            self.run = moved.next;
        }
    }

    pub(crate) fn administer(&mut self, agent: AgentId, event: AgentEvent) {
        if let Ok(moved) = self.agents[&agent].on(event, self.now) {
            self.agents.insert(agent, moved.next);
        }
    }

    pub(crate) fn receive(&mut self, from: AgentId, call: Call) -> Option<Answer> {
        if self.agents[&from].state == AgentState::Deleted {
            return Some(Answer::Gone);
        }
        self.served += 1;
        self.heard.insert(from, self.now);
        self.administer(from, AgentEvent::Seen);
        match call {
            Call::Claim => self.claim(from),
            Call::Beat { held: None, .. } => None,
            Call::Beat { held: Some((job, generation)), steps } => {
                let lease_until = self.lease_until();
                Some(match self.commit(job, JobEvent::Renew { generation, lease_until, steps }) {
                    Ok(()) => self.held(job),
                    Err(_) => Answer::LetGo { job, generation },
                })
            }
            Call::Finish { job, generation, outcome } => {
                let event = JobEvent::Finish { generation, verdict: Verdict::plain(outcome), steps: Vec::new() };
                self.tell_by_agent(job, event);
                Some(Answer::LetGo { job, generation })
            }
            Call::Abandon { job, generation } => {
                self.tell_by_agent(job, JobEvent::Abandon { generation, untouched: false });
                Some(Answer::LetGo { job, generation })
            }
        }
    }

    fn tell_by_agent(&mut self, job: JobId, event: JobEvent) {
        match self.commit(job, event) {
            Ok(()) | Err(JobRefusal::Already { .. } | JobRefusal::Stale { .. }) => {}
            Err(refusal) => panic!("an agent is told to stop or to go on, not: {refusal}"),
        }
    }

    fn lease_until(&self) -> Timestamp {
        records::later(self.now, self.habits.lease_s - self.served % 7)
    }

    fn claim(&mut self, from: AgentId) -> Option<Answer> {
        let event = JobEvent::Claim { agent: from, lease_until: self.lease_until(), log_prefix: "log/".to_owned() };
        for job in self.jobs.values().filter(|job| job.holder() != Some(from)) {
            assert!(job.on(event.clone(), self.now).is_err(), "{} was not promised to {from}", job.id);
        }
        let id = self.agents[&from].job()?;
        match self.commit(id, event) {
            Ok(()) => *self.claims.entry(id).or_default() += 1,
            Err(JobRefusal::Already { .. }) => _ = self.seen.insert("a claim answered twice"),
            Err(_) => return None,
        }
        let JobState::Running { lease_until, .. } = self.jobs[&id].state else { panic!("claimed, so it runs") };
        Some(Answer::Order { job: id, generation: self.jobs[&id].generation, lease_until })
    }

    fn held(&self, id: JobId) -> Answer {
        let job = &self.jobs[&id];
        let JobState::Running { lease_until, stop, .. } = job.state else { panic!("renewed, so it runs") };
        Answer::Held { job: id, generation: job.generation, lease_until, stop: stop.is_some() }
    }
}

/// What an agent that says this believes to hold.
fn generation_of(event: &JobEvent) -> Option<Generation> {
    match event {
        JobEvent::Renew { generation, .. } | JobEvent::Finish { generation, .. } | JobEvent::Abandon { generation, .. } => {
            Some(*generation)
        }
        _ => None,
    }
}
