//! What happens next in the life of a held job: events in, one action out.
//!
//! Pure: no process, no clock, no network. Invariant: after [`Event`]s in any order there is at most one step running, the first failure
//! decides the verdict (unless somebody stopped the job), and once concluded nothing changes any more.

mod event;

use jiff::Timestamp;
use kraken_domain::{
    job::{Outcome, Verdict},
    step::{Step, StepStatus},
};
use kraken_protocol::tool::{self, Finished, Reason};

pub use self::event::{Action, Cause, Decision, Event};
use super::script::{Ready, Script, StepRun};
use crate::data::Learnt;

enum State {
    Preparing,
    Running { index: usize, attempt: u32, ready: Box<Ready> },
    Pausing { index: usize, attempt: u32, ready: Box<Ready> },
    Stopping { index: usize },
    Over,
}

/// The life of a held job.
pub struct Life {
    script: Script,
    runs: Vec<StepRun>,
    state: State,
    failure: Option<Verdict>,
    stopped: Option<Cause>,
    timeout_s: u32,
    notes: Vec<String>,
}

impl Life {
    /// A job that may take `timeout_s` seconds and has no place yet.
    pub fn new(script: Script, timeout_s: u32) -> Self {
        let runs = script.records();
        Self { script, runs, state: State::Preparing, failure: None, stopped: None, timeout_s, notes: Vec::new() }
    }

    /// How the steps went so far.
    pub fn steps(&self) -> Vec<Step> {
        self.runs.iter().map(|run| run.record.clone()).collect()
    }

    /// Why the job stopped before its end, if it did.
    pub fn stopped(&self) -> Option<Cause> {
        self.stopped
    }

    /// How the job went, once it is over.
    pub fn verdict(&self) -> Verdict {
        let failed = self.failure.clone();
        match self.stopped {
            Some(Cause::Cancelled | Cause::LeaseLost | Cause::Stale) => Verdict::plain(Outcome::Cancelled),
            Some(Cause::TimeUp) => failed
                .unwrap_or_else(|| Verdict::because(Outcome::JobTimeout, format!("the job took longer than its {} s", self.timeout_s))),
            Some(Cause::StepOvertime | Cause::Broken) | None => failed.unwrap_or(Verdict::plain(Outcome::Ok)),
        }
    }

    /// A step found or left a document of user data like this.
    pub fn learn(&mut self, learnt: Learnt) {
        self.script.learn(learnt);
    }

    /// Decides what to do about `event`, which happened at `now`.
    pub fn on(&mut self, event: Event, now: Timestamp) -> Decision {
        let action = match (std::mem::replace(&mut self.state, State::Over), event) {
            (State::Over, _) => Action::Conclude,
            (State::Preparing, Event::Prepared) => self.proceed(0, now),
            (State::Running { index, attempt, ready }, Event::StepFinished(end)) => self.step_finished(index, attempt, ready, &end, now),
            (State::Pausing { index, attempt, ready }, Event::PauseOver) => self.start(index, attempt + 1, ready, now),
            (State::Stopping { index }, Event::StepFinished(end)) => self.step_stopped(index, &end, now),
            (state, Event::Stop(cause)) => self.stop(state, cause, now),
            (state, Event::JobTimeUp) => self.stop(state, Cause::TimeUp, now),
            (state @ State::Running { .. }, Event::StepOvertime) => self.stop(state, Cause::StepOvertime, now),
            (state, Event::PlaceLost(why)) => self.broken(&state, &why, now),
            (state, Event::LogLost(why)) => self.log_lost(state, &why, now),
            // Late or doubled: a pause that is no longer waited for, a place that was made for a job that had stopped.
            (state, Event::Prepared | Event::PauseOver | Event::StepFinished(_) | Event::StepOvertime) => {
                self.state = state;
                Action::Wait
            }
        };
        Decision { action, notes: std::mem::take(&mut self.notes) }
    }

    /// Looks for the next step that runs, from `from` on.
    fn proceed(&mut self, from: usize, now: Timestamp) -> Action {
        for index in from..self.runs.len() {
            match self.script.wants(index, &self.runs) {
                Ok(false) => self.runs[index].record.status = StepStatus::Skipped,
                Ok(true) => match self.script.ready(index, &self.runs) {
                    Ok(ready) => return self.start(index, 1, Box::new(ready), now),
                    Err(why) => self.step_failed(index, Reason::StepError, &why, now),
                },
                Err(why) => self.step_failed(index, Reason::StepError, &why, now),
            }
        }
        self.conclude(now)
    }

    fn start(&mut self, index: usize, attempt: u32, ready: Box<Ready>, now: Timestamp) -> Action {
        let record = &mut self.runs[index].record;
        record.status = StepStatus::InProgress;
        record.started_at.get_or_insert(now);
        record.attempts = attempt;
        let step = tool::Step { attempt, ..ready.step.clone() };
        if attempt > 1 {
            self.notes.push(format!("kraken: try {attempt} of {} of step {}", ready.attempts, index + 1));
        }
        self.state = State::Running { index, attempt, ready };
        Action::Start(Box::new(step))
    }

    fn step_finished(&mut self, index: usize, attempt: u32, ready: Box<Ready>, end: &Finished, now: Timestamp) -> Action {
        self.runs[index].record.retcode = Some(end.retcode);
        if end.reason == Reason::Ok {
            let run = &mut self.runs[index];
            run.reason = Some(Reason::Ok);
            run.record.status = StepStatus::Done;
            run.record.finished_at = Some(now);
            run.record.message = (!end.message.is_empty()).then(|| self.script.redactor().text(&end.message));
            return self.proceed(index + 1, now);
        }
        let again = matches!(end.reason, Reason::StepError | Reason::StepTimeout) && attempt < ready.attempts;
        if again {
            self.notes.push(format!("kraken: step {} failed: {}", index + 1, self.words_for(end)));
            if ready.pause.is_zero() {
                return self.start(index, attempt + 1, ready, now);
            }
            let pause = ready.pause;
            self.state = State::Pausing { index, attempt, ready };
            return Action::Pause(pause);
        }
        let words = self.words_for(end);
        self.step_failed(index, end.reason, &words, now);
        self.proceed(index + 1, now)
    }

    /// Notes the end of a step that failed. The first one decides the verdict.
    fn step_failed(&mut self, index: usize, reason: Reason, why: &str, now: Timestamp) {
        let run = &mut self.runs[index];
        run.reason = Some(reason);
        run.record.status = StepStatus::Error;
        run.record.started_at.get_or_insert(now);
        run.record.finished_at = Some(now);
        run.record.message = Some(why.to_owned());
        let words = format!("step {} ({}) failed: {why}", index + 1, run.record.name);
        self.notes.push(format!("kraken: {words}"));
        self.failure.get_or_insert_with(|| Verdict::because(outcome(reason), words));
    }

    fn step_stopped(&mut self, index: usize, end: &Finished, now: Timestamp) -> Action {
        self.runs[index].record.retcode = Some(end.retcode);
        self.step_given_up(index, now);
        self.conclude(now)
    }

    fn step_given_up(&mut self, index: usize, now: Timestamp) {
        let (reason, why) = match self.stopped {
            Some(Cause::TimeUp) => (Reason::Cancelled, "the job's time was up"),
            Some(Cause::StepOvertime) => (Reason::StepTimeout, "its time was up, and it did not end by itself"),
            Some(Cause::LeaseLost | Cause::Stale) => (Reason::Cancelled, "the agent lost the job"),
            Some(Cause::Broken) => (Reason::ExecutorError, "the job could not go on"),
            Some(Cause::Cancelled) | None => (Reason::Cancelled, "cancelled"),
        };
        if self.stopped == Some(Cause::StepOvertime) {
            return self.step_failed(index, reason, why, now);
        }
        let run = &mut self.runs[index];
        run.reason = Some(reason);
        run.record.status = StepStatus::Error;
        run.record.finished_at = Some(now);
        run.record.message = Some(why.to_owned());
    }

    fn stop(&mut self, state: State, cause: Cause, now: Timestamp) -> Action {
        if self.stopped.is_none() {
            self.stopped = Some(cause);
            self.notes.push(format!("kraken: {}", self.words_for_stop(cause)));
        }
        match state {
            State::Running { index, .. } => {
                self.state = State::Stopping { index };
                Action::Cancel
            }
            State::Pausing { index, .. } => {
                self.step_given_up(index, now);
                self.conclude(now)
            }
            State::Stopping { .. } => {
                self.state = state;
                Action::Wait
            }
            State::Preparing | State::Over => self.conclude(now),
        }
    }

    fn broken(&mut self, state: &State, why: &str, now: Timestamp) -> Action {
        let why = self.script.redactor().text(why);
        self.notes.push(format!("kraken: {why}"));
        if self.stopped.is_none() {
            self.stopped = Some(Cause::Broken);
            self.failure.get_or_insert_with(|| Verdict::because(Outcome::ExecutorError, why));
        }
        if let State::Running { index, .. } | State::Pausing { index, .. } | State::Stopping { index } = state {
            self.step_given_up(*index, now);
        }
        self.conclude(now)
    }

    fn log_lost(&mut self, state: State, why: &str, now: Timestamp) -> Action {
        self.failure.get_or_insert_with(|| Verdict::because(Outcome::ExecutorError, why));
        self.stop(state, Cause::Broken, now)
    }

    fn conclude(&mut self, now: Timestamp) -> Action {
        for run in &mut self.runs {
            match run.record.status {
                StepStatus::NotStarted => {
                    run.record.status = StepStatus::Skipped;
                    run.record.message = Some("the job ended before it".to_owned());
                }
                StepStatus::InProgress => {
                    run.record.status = StepStatus::Error;
                    run.record.finished_at = Some(now);
                }
                StepStatus::Done | StepStatus::Error | StepStatus::Skipped => {}
            }
        }
        self.state = State::Over;
        Action::Conclude
    }

    fn words_for(&self, end: &Finished) -> String {
        let said = self.script.redactor().text(&end.message);
        match (said.is_empty(), end.reason) {
            (false, _) => said,
            (true, Reason::StepTimeout) => "its time was up".to_owned(),
            (true, _) => format!("it ended with return code {}", end.retcode),
        }
    }

    fn words_for_stop(&self, cause: Cause) -> String {
        match cause {
            Cause::Cancelled => "the job was cancelled".to_owned(),
            Cause::TimeUp => format!("the job took longer than its {} s", self.timeout_s),
            Cause::StepOvertime => "the step's time is up, and it does not end by itself".to_owned(),
            Cause::LeaseLost => "the agent could not reach the server for too long and gives the job up".to_owned(),
            Cause::Stale => "the job was given to somebody else".to_owned(),
            Cause::Broken => "the job cannot go on".to_owned(),
        }
    }
}

fn outcome(reason: Reason) -> Outcome {
    match reason {
        Reason::Ok => Outcome::Ok,
        Reason::StepError => Outcome::StepError,
        Reason::StepTimeout => Outcome::StepTimeout,
        Reason::ToolMissing => Outcome::ToolMissing,
        Reason::ExecutorError => Outcome::ExecutorError,
        Reason::Cancelled => Outcome::Cancelled,
    }
}

#[cfg(test)]
mod tests;
