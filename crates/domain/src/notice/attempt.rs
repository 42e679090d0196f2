//! Sending a notice: an attempt is begun, made, and answered, or not.

use jiff::{SignedDuration, Timestamp};

use super::{Notice, NoticeState};
use crate::job::cut;

/// Seconds after which nobody hopes any more for the answer to an attempt: its maker has died. Longer than an attempt can take.
pub const ATTEMPT_S: i64 = 60;
/// Seconds for which a notice is tried: after a day nobody wants to know.
pub const NOTICE_TRIED_FOR_S: i64 = 24 * 3600;
/// The first wait, in seconds; each further one is three times as long.
const FIRST_WAIT_S: i64 = 10;
/// The longest wait, in seconds.
const WAIT_MAX_S: i64 = 3600;
/// Bytes of an answer that are kept.
const ANSWER_MAX: usize = 500;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The far side has it.
    Taken(String),
    /// It may be taken another time.
    Later {
        /// Seconds that the far side wants to be left alone.
        after_s: Option<u32>,
        /// Why.
        why: String,
    },
    /// It will never be taken.
    Never(String),
}

/// Why nothing becomes of a notice now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefusal {
    /// It is settled: there is nothing more to do.
    #[error("the notice is settled")]
    Settled,
    /// Another attempt is under way, or its time has not come: look again then.
    #[error("the notice is due at {0}")]
    NotYet(Timestamp),
    /// Nobody wants to know any more: see [`Notice::outlived`].
    #[error("the notice is older than a day: it is given up")]
    TooOld,
}

/// Seconds to wait after so many attempts: 10, 30, 90 … and then an hour.
pub fn patience_s(attempts: u32) -> i64 {
    let more = attempts.saturating_sub(1).min(10);
    FIRST_WAIT_S.saturating_mul(3_i64.saturating_pow(more)).min(WAIT_MAX_S)
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

impl Notice {
    /// The notice with an attempt begun. Who writes that over what was read, and only that one, makes the attempt.
    ///
    /// # Errors
    /// [`NoticeRefusal`] when there is none to be made now.
    pub fn begin(&self, now: Timestamp) -> Result<Self, NoticeRefusal> {
        let NoticeState::Owed { attempts, next_at, ref answer, .. } = self.state else { return Err(NoticeRefusal::Settled) };
        if now < next_at {
            return Err(NoticeRefusal::NotYet(next_at));
        }
        if self.is_too_old(now) {
            return Err(NoticeRefusal::TooOld);
        }
        let (next_at, answer) = (later(now, ATTEMPT_S), answer.clone());
        Ok(Self { state: NoticeState::Owed { attempts: attempts + 1, next_at, under_way: true, answer }, ..self.clone() })
    }

    /// The notice after an attempt was answered.
    ///
    /// # Errors
    /// [`NoticeRefusal::Settled`].
    pub fn answered(&self, answer: Answer, now: Timestamp) -> Result<Self, NoticeRefusal> {
        let NoticeState::Owed { attempts, .. } = self.state else { return Err(NoticeRefusal::Settled) };
        let state = match answer {
            Answer::Taken(said) => NoticeState::Sent { at: now, attempts, answer: cut(said, ANSWER_MAX) },
            Answer::Never(why) => NoticeState::Refused { at: now, attempts, answer: cut(why, ANSWER_MAX) },
            Answer::Later { after_s, why } => {
                let next_at = later(now, patience_s(attempts).max(i64::from(after_s.unwrap_or(0))));
                let answer = cut(why, ANSWER_MAX);
                if self.is_too_old(next_at) {
                    NoticeState::GivenUp { at: now, attempts, answer }
                } else {
                    NoticeState::Owed { attempts, next_at, under_way: false, answer: Some(answer) }
                }
            }
        };
        Ok(Self { state, ..self.clone() })
    }

    fn is_too_old(&self, at: Timestamp) -> bool {
        at > later(self.at, NOTICE_TRIED_FOR_S)
    }

    /// The notice given up, if an attempt is due only now that nobody wants to know any more: whoever was to make it was away.
    pub fn outlived(&self, now: Timestamp) -> Option<Self> {
        matches!(self.begin(now), Err(NoticeRefusal::TooOld)).then(|| self.given_up("nobody sent it within a day", now)).flatten()
    }

    /// The notice given up, with what came of its last attempt, or why there is none. `None`: it is settled.
    pub fn given_up(&self, why: &str, now: Timestamp) -> Option<Self> {
        let NoticeState::Owed { attempts, ref answer, .. } = self.state else { return None };
        let answer = answer.as_ref().map_or_else(|| why.to_owned(), |last| format!("{why}; the last attempt: {last}"));
        Some(Self { state: NoticeState::GivenUp { at: now, attempts, answer: cut(answer, ANSWER_MAX) }, ..self.clone() })
    }

    /// Whether it has been sent, is about to be, or is known never to arrive: what is older must not follow.
    pub fn was_begun(&self) -> bool {
        match self.state {
            NoticeState::Owed { attempts, .. } => attempts > 0,
            NoticeState::Sent { .. } | NoticeState::Refused { .. } | NoticeState::GivenUp { .. } => true,
            NoticeState::Overtaken { .. } => false,
        }
    }

    /// The notice after a newer one was begun for what keeps only the last.
    ///
    /// # Errors
    /// [`NoticeRefusal::Settled`].
    pub fn overtaken(&self, now: Timestamp) -> Result<Self, NoticeRefusal> {
        let NoticeState::Owed { attempts, .. } = self.state else { return Err(NoticeRefusal::Settled) };
        Ok(Self { state: NoticeState::Overtaken { at: now, attempts }, ..self.clone() })
    }

    /// Whether this one has to wait for an older one of the same run, whose attempt is under way: it must not arrive after this.
    pub fn waits_for(&self, older: &Self, now: Timestamp) -> bool {
        let under_way = matches!(older.state, NoticeState::Owed { under_way: true, next_at, .. } if next_at > now);
        self.is_newer_of(older) && under_way
    }

    /// Whether both keep the same status, and this one is what counts.
    pub fn is_newer_of(&self, older: &Self) -> bool {
        self.channel.is_status() && self.run == older.run && self.channel == older.channel && self.turn > older.turn
    }
}
