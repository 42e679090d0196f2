//! How a job leaves its agent's hands: back into the queue, or for good.

use jiff::Timestamp;

use super::{Job, JobState, Outcome, STOP_WITHIN_S, Stop, Stopping, Verdict};
use crate::{
    AgentId, Effect, Moved,
    step::{Step, StepStatus},
};

/// How often a job is taken from a lost agent and queued again before it completes as `agent_lost`.
const LOSSES_FORGIVEN: u32 = 1;

const VERDICT_MESSAGE_MAX: usize = 4000;

impl Job {
    /// The agent is gone. Nothing of the job runs any more, or is fenced out.
    pub(super) fn lost(&self, agent: AgentId, started_at: Timestamp, stop: Option<Stopping>, now: Timestamp) -> Moved<Job> {
        let again = vec![Effect::WakeScheduler];
        if let Some(stop) = stop {
            return self.ended(Some(agent), Some(started_at), stopped(stop.why), now, again);
        }
        if !self.retry_on_agent_loss || self.losses >= LOSSES_FORGIVEN {
            let why = if self.retry_on_agent_loss {
                "its agent was lost, for the second time"
            } else {
                "its agent was lost, and the job must not run twice"
            };
            return self.ended(Some(agent), Some(started_at), Verdict::because(Outcome::AgentLost, why), now, again);
        }
        let mut next = self.queued_again(now);
        next.losses += 1;
        next.steps = self.steps.iter().map(|step| Step::new(&step.name, &step.tool)).collect();
        Moved::with(next, again)
    }

    pub(super) fn queued_again(&self, now: Timestamp) -> Job {
        Job { state: JobState::Queued { since: now }, ..self.clone() }
    }

    pub(super) fn ended(
        &self,
        agent: Option<AgentId>,
        started_at: Option<Timestamp>,
        verdict: Verdict,
        now: Timestamp,
        mut effects: Vec<Effect>,
    ) -> Moved<Job> {
        let mut next = self.clone();
        for step in &mut next.steps {
            if !step.status.is_final() {
                step.status = if step.status == StepStatus::InProgress { StepStatus::Error } else { StepStatus::Skipped };
                step.finished_at = step.started_at.map(|_| now);
            }
        }
        next.state = JobState::Completed { agent, started_at, completed_at: now, verdict };
        effects.push(Effect::WakeRun(self.id.run));
        Moved::with(next, effects)
    }
}

/// A job that was told to stop ended for that reason, whatever broke on the way; one that succeeded all the same did.
pub(super) fn judged(verdict: Verdict, stop: Option<Stopping>) -> Verdict {
    let verdict = Verdict { message: verdict.message.map(|message| cut(message, VERDICT_MESSAGE_MAX)), ..verdict };
    match stop {
        Some(stop) if !verdict.outcome.is_ok() => stopped(stop.why),
        _ => verdict,
    }
}

pub(super) fn stopped(why: Stop) -> Verdict {
    match why {
        Stop::Cancelled => Verdict::plain(Outcome::Cancelled),
        Stop::TimeUp => Verdict::because(Outcome::JobTimeout, "the time of the whole run was up"),
    }
}

/// The end of a job whose agent went on all the same.
pub(super) fn not_heeded(why: Stop) -> Verdict {
    let verdict = stopped(why);
    let said = verdict.message.unwrap_or_else(|| "cancelled".to_owned());
    Verdict::because(verdict.outcome, format!("{said}, and its agent did not stop it within {STOP_WITHIN_S} s"))
}

/// `text` cut to `bytes` at a character's border, with a mark that it was.
pub(crate) fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        let mut end = bytes;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}
