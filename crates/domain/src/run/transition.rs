//! The one function through which a run's state changes.

use jiff::Timestamp;

use super::{Run, RunCounts, RunResult, RunState, RunStop, Tally};
use crate::{
    Effect, Moved, RunId,
    job::{Stop, cut},
    record::SpecRef,
};

/// What can happen to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEvent {
    /// Its schema is evaluated and its jobs are made.
    Created {
        /// What it was evaluated to.
        spec: SpecRef,
        /// How many jobs were made.
        jobs: u32,
    },
    /// Its schema could not be understood.
    Invalid {
        /// The problems, for people.
        note: String,
    },
    /// It waits for a person instead of starting.
    Hold,
    /// A person starts a manual run: its jobs are to be made.
    Release,
    /// The counts of its jobs, as they stand.
    Counted(RunCounts),
    /// The clock may have passed its time limit.
    Tick,
    /// Another run of its group is in progress: it waits for its turn, or goes on waiting.
    Wait {
        /// That run.
        behind: RunId,
    },
    /// Its turn in its group has come.
    Turn,
    /// A newer run of its group takes its place.
    Supersede {
        /// The newer one.
        by: RunId,
    },
    /// Its results are analysed.
    Processed,
    /// Somebody does not want it any more. Its jobs are told one by one, beside this.
    Cancel,
    /// All its jobs have been told to stop.
    Told,
    /// Jobs were added that repeat others.
    Rerun {
        /// How many.
        jobs: u32,
    },
}

/// Why an event could not happen. The state is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunRefusal {
    /// Nothing of the kind can happen in this state.
    #[error("run {run} is {state}: it cannot be {wanted}")]
    NotNow {
        /// The run.
        run: RunId,
        /// Its state, as the API names it.
        state: &'static str,
        /// What was to happen.
        wanted: &'static str,
    },
    /// It is so already, or nothing is due: there is nothing to write.
    #[error("nothing to do for run {run}")]
    Already {
        /// The run.
        run: RunId,
    },
}

/// A run is one record: problems that take more are cut.
const NOTE_BYTES_MAX: usize = 8 * 1024;

impl Run {
    /// What becomes of the run when `event` happens at `now`.
    ///
    /// # Errors
    /// [`RunRefusal::Already`] when all is as wanted, [`RunRefusal::NotNow`] when the event has no place in its state.
    pub fn on(&self, event: RunEvent, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        match event {
            RunEvent::Created { spec, jobs } => self.created(spec, jobs, now),
            RunEvent::Invalid { note } => self.invalid(note, now),
            RunEvent::Hold => self.hold(),
            RunEvent::Release => self.release(now),
            RunEvent::Counted(counts) => self.counted(counts, now),
            RunEvent::Tick => self.tick(now),
            RunEvent::Wait { behind } => self.wait(behind, now),
            RunEvent::Turn => self.turn(),
            RunEvent::Supersede { by } => self.supersede(by, now),
            RunEvent::Processed => self.processed(now),
            RunEvent::Cancel => self.cancel(now),
            RunEvent::Told => self.told(),
            RunEvent::Rerun { jobs } => self.rerun(jobs, now),
        }
    }

    fn created(&self, spec: SpecRef, jobs: u32, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        let RunState::Creating = self.state else { return Err(self.already()) };
        let mut next = self.clone();
        next.spec = Some(spec);
        next.jobs_made = jobs;
        if jobs == 0 {
            next.note = Some("the stage has no jobs".to_owned());
            return Ok(next.ended(None, RunResult::Ok, Tally::NO_JOBS, now));
        }
        next.state = RunState::InProgress { started_at: now, stop: None };
        Ok(Moved::with(next, [Effect::WakeScheduler]))
    }

    fn invalid(&self, note: String, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        let RunState::Creating = self.state else { return Err(self.already()) };
        let mut next = self.clone();
        next.note = Some(cut(note, NOTE_BYTES_MAX));
        if self.spec.is_some() {
            // Some of its jobs may be there already, and must not be left behind.
            return Ok(Moved::with(next.stopping(now, Stop::Cancelled, now), [Effect::WakeRun(self.id)]));
        }
        Ok(next.ended(None, RunResult::Error, Tally::NO_JOBS, now))
    }

    fn hold(&self) -> Result<Moved<Run>, RunRefusal> {
        let RunState::Creating = self.state else { return Err(self.already()) };
        let mut next = self.clone();
        next.state = RunState::Manual;
        Ok(Moved::with(next, [Effect::WakeFlow(self.id.flow)]))
    }

    fn release(&self, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        match self.state {
            RunState::Manual => {
                let mut next = self.clone();
                next.state = RunState::Creating;
                next.reason = super::RunReason::Person;
                next.released_at = Some(now);
                Ok(Moved::with(next, [Effect::WakeRun(self.id)]))
            }
            _ => Err(self.not_now("started by hand")),
        }
    }

    fn counted(&self, counts: RunCounts, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        let RunState::InProgress { started_at, stop } = self.state else { return Err(self.already()) };
        let stopped = if self.note.is_some() { RunResult::Error } else { RunResult::Cancelled };
        if counts == RunCounts::default() && stop.is_some_and(|stop| stop.told) {
            return Ok(self.clone().ended(None, stopped, Tally::NO_JOBS, now));
        }
        // A run in progress has jobs: no counts at all are counts that have not arrived yet.
        if counts.total == 0 || !counts.all_completed() {
            return Err(self.already());
        }
        let half_made = stop.is_some_and(|stop| stop.half_made);
        let result = match counts.error {
            0 if half_made => stopped,
            0 => RunResult::Ok,
            _ => RunResult::Error,
        };
        Ok(self.clone().ended(Some(started_at), result, Tally::of(counts), now))
    }

    /// The time of the whole run: once it is up, its jobs are to be told.
    fn tick(&self, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        match self.state {
            RunState::InProgress { started_at, stop: None } if now >= self.time_up_at(started_at) => {
                let mut next = self.stopping(started_at, Stop::TimeUp, now);
                next.note = Some(format!("the run took longer than its {} s", self.timeout_s));
                Ok(Moved::with(next, [Effect::WakeRun(self.id)]))
            }
            _ => Err(self.already()),
        }
    }

    fn processed(&self, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        match self.state {
            RunState::Completed { started_at, completed_at, result } => {
                let mut next = self.clone();
                next.state = RunState::Processed { started_at, completed_at, processed_at: now, result };
                Ok(Moved::with(next, [Effect::WakeFlow(self.id.flow)]))
            }
            RunState::Processed { .. } => Err(self.already()),
            _ => Err(self.not_now("processed")),
        }
    }

    fn wait(&self, behind: RunId, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        let (since, looked_at) = match self.state {
            RunState::Creating => (now, None),
            // Or it would be due for ever, before all that is due later.
            RunState::Waiting { since, .. } => (since, Some(now)),
            _ => return Err(self.already()),
        };
        Ok(Moved::quietly(Run { state: RunState::Waiting { since, behind, looked_at }, ..self.clone() }))
    }

    fn turn(&self) -> Result<Moved<Run>, RunRefusal> {
        let RunState::Waiting { .. } = self.state else { return Err(self.already()) };
        Ok(Moved::with(Run { state: RunState::Creating, ..self.clone() }, [Effect::WakeRun(self.id)]))
    }

    fn supersede(&self, by: RunId, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        let mut moved = self.cancel(now)?;
        if let Some(membership) = &mut moved.next.concurrency {
            membership.superseded_by = Some(by);
        }
        Ok(moved)
    }

    fn cancel(&self, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        match self.state {
            // Some of its jobs may be there already.
            RunState::Creating if self.spec.is_some() => {
                Ok(Moved::with(self.stopping(now, Stop::Cancelled, now), [Effect::WakeRun(self.id)]))
            }
            RunState::Creating | RunState::Waiting { .. } | RunState::Manual => {
                Ok(self.clone().ended(None, RunResult::Cancelled, Tally::NO_JOBS, now))
            }
            // Its jobs end one by one, and with the last of them the run.
            RunState::InProgress { started_at, stop: None } => {
                Ok(Moved::with(self.stopping(started_at, Stop::Cancelled, now), [Effect::WakeRun(self.id)]))
            }
            RunState::InProgress { stop: Some(_), .. } | RunState::Completed { .. } | RunState::Processed { .. } => Err(self.already()),
        }
    }

    fn stopping(&self, started_at: Timestamp, why: Stop, now: Timestamp) -> Run {
        let half_made = self.state == RunState::Creating;
        let stop = Some(RunStop { why, at: now, told: false, half_made });
        Run { state: RunState::InProgress { started_at, stop }, ..self.clone() }
    }

    fn told(&self) -> Result<Moved<Run>, RunRefusal> {
        match self.state {
            RunState::InProgress { started_at, stop: Some(stop) } if !stop.told => {
                let stop = Some(RunStop { told: true, ..stop });
                Ok(Moved::quietly(Run { state: RunState::InProgress { started_at, stop }, ..self.clone() }))
            }
            _ => Err(self.already()),
        }
    }

    fn rerun(&self, jobs: u32, now: Timestamp) -> Result<Moved<Run>, RunRefusal> {
        match self.state {
            RunState::Creating | RunState::Waiting { .. } | RunState::Manual => Err(self.not_now("rerun")),
            // Or the jobs that have not heard of it yet never would.
            RunState::InProgress { stop: Some(stop), .. } if !stop.told => Err(self.not_now("rerun while its jobs are being stopped")),
            // Repeating nothing must not reopen anything.
            RunState::InProgress { .. } | RunState::Completed { .. } | RunState::Processed { .. } if jobs == 0 => Err(self.already()),
            RunState::InProgress { .. } | RunState::Completed { .. } | RunState::Processed { .. } => {
                let mut next = self.clone();
                next.jobs_made += jobs;
                // The added jobs get the whole time of the run, also when it was up for those before; what was said
                // of the run then is no longer so.
                next.note = None;
                next.tally = None;
                if let Some(membership) = &mut next.concurrency {
                    membership.superseded_by = None;
                }
                next.state = RunState::InProgress { started_at: now, stop: None };
                Ok(Moved::with(next, [Effect::WakeFlow(self.id.flow), Effect::WakeScheduler]))
            }
        }
    }

    fn ended(mut self, started_at: Option<Timestamp>, result: RunResult, tally: Tally, now: Timestamp) -> Moved<Run> {
        let effects = [Effect::WakeRun(self.id), Effect::WakeFlow(self.id.flow)];
        self.state = RunState::Completed { started_at, completed_at: now, result };
        self.tally = Some(tally);
        Moved::with(self, effects)
    }

    fn already(&self) -> RunRefusal {
        RunRefusal::Already { run: self.id }
    }

    fn not_now(&self, wanted: &'static str) -> RunRefusal {
        RunRefusal::NotNow { run: self.id, state: self.state.as_str(), wanted }
    }
}
