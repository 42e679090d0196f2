//! The one function through which a job's state changes.

use jiff::{SignedDuration, Timestamp};

use super::{
    Generation, Job, JobState, Outcome, Stop, Stopping, Verdict,
    ending::{cut, judged, not_heeded, stopped},
};
use crate::{
    AgentId, Effect, JobId, Moved,
    step::{Step, StepStatus},
};

/// An assigned job that its agent has not claimed after this many seconds goes back to the queue.
pub const CLAIM_WITHIN_S: i64 = 30;

/// An agent ends its job itself when its time is up; the control plane steps in this many seconds later.
pub const OVERTIME_GRACE_S: i64 = 60;

/// An agent that was told to stop its job has so many seconds to end it and to store what it brought; then the control
/// plane steps in.
pub const STOP_WITHIN_S: i64 = 60;

/// So many earlier tries' logs can be read.
const EARLIER_LOGS_MAX: usize = 4;

/// What can happen to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEvent {
    /// The scheduler promises it to an agent.
    Assign {
        /// To whom.
        agent: AgentId,
    },
    /// All that it needs is ok: it may run.
    Release,
    /// A job that it needs is over and not ok: it cannot run.
    Unmet {
        /// That job's slot.
        need: u32,
        /// Why, for people.
        why: String,
    },
    /// The agent takes it.
    Claim {
        /// Who asks.
        agent: AgentId,
        /// Until when it holds the job unless it renews.
        lease_until: Timestamp,
        /// Where it will keep the log.
        log_prefix: String,
    },
    /// The agent still works on it.
    Renew {
        /// What the claim handed out.
        generation: Generation,
        /// Until when it holds the job from now on.
        lease_until: Timestamp,
        /// How the steps went so far.
        steps: Vec<Step>,
    },
    /// The agent is done with it; all its logs and results are stored.
    Finish {
        /// What the claim handed out.
        generation: Generation,
        /// How it went.
        verdict: Verdict,
        /// How the steps went.
        steps: Vec<Step>,
    },
    /// What the agent brought has been taken in.
    Complete,
    /// The agent that it is promised to does not take it: it is about to end.
    Decline {
        /// Who declines.
        agent: AgentId,
    },
    /// It can never be run: what it was made from is gone or damaged.
    GiveUp {
        /// How it ends.
        verdict: Verdict,
    },
    /// Somebody does not want it any more.
    Cancel,
    /// The run's time is up.
    RunTimeUp,
    /// The agent gives the job back: it lost it in a restart, or it is about to end.
    Abandon {
        /// What the claim handed out.
        generation: Generation,
        /// Nothing of it has begun: that is no loss.
        untouched: bool,
    },
    /// The clock may have passed something: a claim that never came, a lease, a time limit, a stop that was not heeded.
    Tick,
    /// It is repeated by another job and leaves every count.
    Cover {
        /// The job that repeats it.
        by: JobId,
    },
}

/// Why an event could not happen. The state is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobRefusal {
    /// The job has been given to somebody else, or taken back: the caller must stop working on it.
    #[error("job {job} is no longer held with generation {}: stop working on it", .held.0)]
    Stale {
        /// The job.
        job: JobId,
        /// What the caller holds.
        held: Generation,
    },
    /// Nothing of the kind can happen in this state; the caller acted on an old picture.
    #[error("job {job} is {state}: it cannot be {wanted}")]
    NotNow {
        /// The job.
        job: JobId,
        /// Its state, as the API names it.
        state: &'static str,
        /// What was to happen.
        wanted: &'static str,
    },
    /// It is so already, or nothing is due: there is nothing to write.
    #[error("nothing to do for job {job}")]
    Already {
        /// The job.
        job: JobId,
    },
}

/// `seconds` after `at`; stays at the end of time rather than failing.
pub(crate) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

impl JobState {
    /// All names that [`JobState::as_str`] gives.
    pub const NAMES: [&str; 5] = ["queued", "assigned", "running", "finished", "completed"];

    /// The name that the API uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            // For people it waits, whatever for.
            Self::Held { .. } | Self::Queued { .. } => "queued",
            Self::Assigned { .. } => "assigned",
            Self::Running { .. } => "running",
            Self::Finished { .. } => "finished",
            Self::Completed { .. } => "completed",
        }
    }
}

impl Job {
    /// What becomes of the job when `event` happens at `now`.
    ///
    /// # Errors
    /// A [`JobRefusal`] that says whether the caller is outdated ([`JobRefusal::Stale`]), too early or late
    /// ([`JobRefusal::NotNow`]), or whether all is as wanted ([`JobRefusal::Already`]).
    pub fn on(&self, event: JobEvent, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match event {
            JobEvent::Assign { agent } => self.assign(agent, now),
            JobEvent::Release => self.release(now),
            JobEvent::Unmet { need, why } => self.unmet(need, why, now),
            JobEvent::Claim { agent, lease_until, log_prefix } => self.claim(agent, lease_until, log_prefix, now),
            JobEvent::Renew { generation, lease_until, steps } => self.renew(generation, lease_until, steps),
            JobEvent::Finish { generation, verdict, steps } => self.finish(generation, verdict, steps, now),
            JobEvent::Complete => self.complete(now),
            JobEvent::Decline { agent } => self.decline(agent, now),
            JobEvent::GiveUp { verdict } => self.give_up(verdict, now),
            JobEvent::Cancel => self.stop(Stop::Cancelled, now),
            JobEvent::RunTimeUp => self.stop(Stop::TimeUp, now),
            JobEvent::Abandon { generation, untouched } => self.abandon(generation, untouched, now),
            JobEvent::Tick => self.tick(now),
            JobEvent::Cover { by } => self.cover(by),
        }
    }

    fn assign(&self, agent: AgentId, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        let JobState::Queued { .. } = self.state else { return Err(self.not_now("assigned")) };
        let mut next = self.clone();
        next.generation = self.generation.next();
        next.state = JobState::Assigned { agent, at: now };
        Ok(Moved::with(next, [Effect::WakeAgent(agent)]))
    }

    fn release(&self, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Held { .. } => Ok(Moved::with(self.queued_again(now), [Effect::WakeScheduler])),
            _ => Err(self.already()),
        }
    }

    fn unmet(&self, need: u32, why: String, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Held { .. } => {
                let mut moved = self.ended(None, None, judged(Verdict::because(Outcome::Cancelled, why), None), now, Vec::new());
                moved.next.order.unmet = Some(need);
                Ok(moved)
            }
            _ => Err(self.already()),
        }
    }

    fn claim(&self, agent: AgentId, lease_until: Timestamp, log_prefix: String, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Assigned { agent: promised, .. } if promised == agent => {
                let mut next = self.clone();
                next.state = JobState::Running { agent, started_at: now, lease_until, stop: None };
                // A lost try's log stays to be read; a job is lost once at most, but may be given back untouched more often.
                if let Some(earlier) = next.log_prefix.replace(log_prefix) {
                    next.earlier_logs.push(earlier);
                    let too_many = next.earlier_logs.len().saturating_sub(EARLIER_LOGS_MAX);
                    next.earlier_logs.drain(..too_many);
                }
                Ok(Moved::quietly(next))
            }
            // The answer to the first claim was lost: the agent may have it again, as it was.
            JobState::Running { agent: holder, .. } if holder == agent => Err(self.already()),
            _ => Err(self.not_now("claimed")),
        }
    }

    fn renew(&self, generation: Generation, lease_until: Timestamp, steps: Vec<Step>) -> Result<Moved<Job>, JobRefusal> {
        let JobState::Running { agent, started_at, lease_until: held_until, stop } = self.state else { return Err(self.stale(generation)) };
        self.fence(generation)?;
        let mut next = self.clone();
        // Renewals may overtake each other; a lease never gets shorter.
        next.state = JobState::Running { agent, started_at, lease_until: held_until.max(lease_until), stop };
        next.take_steps(steps);
        Ok(Moved::quietly(next))
    }

    fn finish(&self, generation: Generation, verdict: Verdict, steps: Vec<Step>, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Running { agent, started_at, stop, .. } => {
                self.fence(generation)?;
                let mut next = self.clone();
                next.take_steps(steps);
                next.state = JobState::Finished { agent, started_at, finished_at: now, verdict: judged(verdict, stop) };
                Ok(Moved::with(next, [Effect::WakeRun(self.id.run), Effect::WakeScheduler]))
            }
            // Told twice: the first answer was lost.
            JobState::Finished { .. } | JobState::Completed { .. } if generation == self.generation => Err(self.already()),
            _ => Err(self.stale(generation)),
        }
    }

    fn complete(&self, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match &self.state {
            JobState::Finished { agent, started_at, verdict, .. } => {
                Ok(self.ended(Some(*agent), Some(*started_at), verdict.clone(), now, Vec::new()))
            }
            JobState::Completed { .. } => Err(self.already()),
            _ => Err(self.not_now("completed")),
        }
    }

    fn stop(&self, why: Stop, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Held { .. } | JobState::Queued { .. } => Ok(self.ended(None, None, stopped(why), now, Vec::new())),
            JobState::Assigned { agent, .. } => {
                Ok(self.ended(None, None, stopped(why), now, vec![Effect::WakeAgent(agent), Effect::WakeScheduler]))
            }
            JobState::Running { stop: Some(_), .. } | JobState::Completed { .. } | JobState::Finished { .. } => Err(self.already()),
            JobState::Running { agent, started_at, lease_until, stop: None } => {
                let mut next = self.clone();
                next.state = JobState::Running { agent, started_at, lease_until, stop: Some(Stopping { why, at: now }) };
                Ok(Moved::with(next, [Effect::WakeAgent(agent)]))
            }
        }
    }

    fn decline(&self, agent: AgentId, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Assigned { agent: promised, .. } if promised == agent => {
                Ok(Moved::with(self.queued_again(now), [Effect::WakeScheduler]))
            }
            _ => Err(self.not_now("declined")),
        }
    }

    fn give_up(&self, verdict: Verdict, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Held { .. } | JobState::Queued { .. } | JobState::Assigned { .. } => {
                Ok(self.ended(None, None, judged(verdict, None), now, vec![Effect::WakeScheduler]))
            }
            JobState::Completed { .. } => Err(self.already()),
            JobState::Running { .. } | JobState::Finished { .. } => Err(self.not_now("given up")),
        }
    }

    fn abandon(&self, generation: Generation, untouched: bool, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Running { agent, started_at, stop, .. } => {
                self.fence(generation)?;
                if untouched && stop.is_none() {
                    return Ok(Moved::with(self.queued_again(now), [Effect::WakeScheduler]));
                }
                Ok(self.lost(agent, started_at, stop, now))
            }
            JobState::Held { .. }
            | JobState::Assigned { .. }
            | JobState::Queued { .. }
            | JobState::Finished { .. }
            | JobState::Completed { .. } => Err(self.stale(generation)),
        }
    }

    fn tick(&self, now: Timestamp) -> Result<Moved<Job>, JobRefusal> {
        match self.state {
            JobState::Assigned { agent, at } if now >= later(at, CLAIM_WITHIN_S) => {
                Ok(Moved::with(self.queued_again(now), [Effect::WakeAgent(agent), Effect::WakeScheduler]))
            }
            JobState::Running { agent, started_at, lease_until, stop } if now >= lease_until => Ok(self.lost(agent, started_at, stop, now)),
            JobState::Running { agent, started_at, stop, .. } if now >= self.overtime_at(started_at) => {
                let verdict = judged(
                    Verdict::because(
                        Outcome::JobTimeout,
                        format!("the job ran longer than its {} s, and its agent did not stop it", self.limit.seconds),
                    ),
                    stop,
                );
                Ok(self.ended(Some(agent), Some(started_at), verdict, now, vec![Effect::WakeAgent(agent), Effect::WakeScheduler]))
            }
            JobState::Running { agent, started_at, stop: Some(stop), .. } if now >= stop.deadline() => Ok(self.ended(
                Some(agent),
                Some(started_at),
                not_heeded(stop.why),
                now,
                vec![Effect::WakeAgent(agent), Effect::WakeScheduler],
            )),
            JobState::Finished { .. } => self.complete(now),
            JobState::Held { .. }
            | JobState::Queued { .. }
            | JobState::Assigned { .. }
            | JobState::Running { .. }
            | JobState::Completed { .. } => Err(self.already()),
        }
    }

    fn cover(&self, by: JobId) -> Result<Moved<Job>, JobRefusal> {
        if self.covered_by == Some(by) {
            return Err(self.already());
        }
        if !self.is_completed() || self.covered_by.is_some() {
            return Err(self.not_now("rerun"));
        }
        let mut next = self.clone();
        next.covered_by = Some(by);
        Ok(Moved::quietly(next))
    }

    /// Takes over what the agent says of the steps: never their names or tools, never fewer than there are,
    /// never a step back (renewals may overtake each other).
    fn take_steps(&mut self, said: Vec<Step>) {
        let room = (STEP_MESSAGES_BYTES / self.steps.len().max(1)).clamp(STEP_MESSAGE_MIN, STEP_MESSAGE_MAX);
        let said = said.into_iter().map(|step| Step { message: step.message.map(|message| cut(message, room)), ..step });
        let progress = |step: &Step| (step.status.number().min(StepStatus::Done.number()), step.attempts);
        for (ours, theirs) in self.steps.iter_mut().zip(said) {
            if progress(&theirs) >= progress(ours) {
                *ours = Step { name: ours.name.clone(), tool: ours.tool.clone(), ..theirs };
            }
        }
    }

    fn fence(&self, held: Generation) -> Result<(), JobRefusal> {
        if held == self.generation { Ok(()) } else { Err(self.stale(held)) }
    }

    fn stale(&self, held: Generation) -> JobRefusal {
        JobRefusal::Stale { job: self.id, held }
    }

    fn already(&self) -> JobRefusal {
        JobRefusal::Already { job: self.id }
    }

    fn not_now(&self, wanted: &'static str) -> JobRefusal {
        JobRefusal::NotNow { job: self.id, state: self.state.as_str(), wanted }
    }
}

/// What the messages of all steps of a job may take together: a job is one record, which may not outgrow its place.
const STEP_MESSAGES_BYTES: usize = 16 * 1024;
const STEP_MESSAGE_MIN: usize = 60;
const STEP_MESSAGE_MAX: usize = 1000;
