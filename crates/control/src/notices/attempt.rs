//! Sending what is owed, one attempt after the other.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use kraken_domain::{
    FlowId, RunId, Timestamp,
    notice::{Answer, Channel, Notice, NoticeState},
};
use kraken_store::{Commit, Owed, TodoKind, Versioned};
use tracing::Instrument;

use super::{
    compose::Composed,
    parcel::{Parcel, Sender},
};
use crate::{
    Control, ControlError,
    again::{Attempt as Decision, decide},
};

/// Runs that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 200;
/// Runs of which somebody is told at the same time: who does not answer holds up the others of one run alone.
const AT_ONCE: usize = 16;
/// For how long a tick begins attempts; each may then take its time. What is left is due at the next.
const TICK_WITHIN: Duration = Duration::from_secs(45);
/// Notices that are given up in one commit.
const GIVEN_UP_AT_ONCE: usize = 50;

/// An attempt that was begun: who has this, and nobody else, makes it.
#[derive(Debug)]
struct Attempt {
    turn: u64,
    channel: Channel,
    composed: Composed,
}

impl Control {
    /// Tells whoever is to be told of what happened to the runs of a flow, and of that run; gives how many attempts were made.
    ///
    /// # Errors
    /// [`ControlError`] when something needed does not answer; what is left stays due. A far side that does not is no error.
    pub async fn notify(&self, flow: FlowId, run: Option<RunId>, sender: &impl Sender) -> Result<usize, ControlError> {
        self.notify_until(flow, run, sender, None).await
    }

    async fn notify_until(
        &self,
        flow: FlowId,
        run: Option<RunId>,
        sender: &impl Sender,
        until: Option<Instant>,
    ) -> Result<usize, ControlError> {
        let mut runs = self.write_notices(flow).await?;
        runs.extend(run);
        let mut made = 0;
        for run in runs {
            made += self.send_notices_until(run, sender, until).await?;
        }
        Ok(made)
    }

    /// Sends what is due of a run, oldest first; gives how many attempts were made.
    ///
    /// # Errors
    /// As [`Control::notify`].
    pub async fn send_notices(&self, run: RunId, sender: &impl Sender) -> Result<usize, ControlError> {
        self.send_notices_until(run, sender, None).await
    }

    async fn send_notices_until(&self, run: RunId, sender: &impl Sender, until: Option<Instant>) -> Result<usize, ControlError> {
        let mut made = 0;
        while until.is_none_or(|until| Instant::now() < until)
            && let Some(Attempt { turn, channel, composed }) = decide!(self.begin_notice(run))?
        {
            let answer = match composed.parcel {
                Parcel::Never(why) => Answer::Never(why),
                parcel => sender.send(parcel).await,
            };
            self.answer_notice((run, turn, channel), composed.veil.over(answer)).await?;
            made += 1;
        }
        Ok(made)
    }

    /// Begins the first attempt that is due, if one is.
    async fn begin_notice(&self, run: RunId) -> Result<Option<Attempt>, Decision> {
        let now = self.clock.now();
        let notices = self.store.notices(run).await?;
        let outlived = notices.iter().filter_map(|notice| Some((notice, notice.outlived(now)?)));
        let outlived: Vec<_> = outlived.take(GIVEN_UP_AT_ONCE).collect();
        if !outlived.is_empty() {
            let mut commit = Commit::new();
            for (notice, given_up) in &outlived {
                commit.replace(notice, given_up)?;
            }
            self.store.commit(commit).await?;
            return Err(Decision::Again);
        }
        let is_free = |notice: &&Versioned<Notice>| !notices.iter().any(|older| notice.waits_for(older, now));
        let due = notices.iter().filter(is_free).find_map(|notice| notice.begin(now).ok().map(|begun| (notice, begun)));
        let Some((read, begun)) = due else { return Ok(None) };
        let mut commit = Commit::new();
        if notices.iter().any(|newer| newer.is_newer_of(read) && newer.was_begun()) {
            commit.replace(read, &read.overtaken(now).map_err(settled)?)?;
            self.store.commit(commit).await?;
            return Err(Decision::Again);
        }
        let composed = self.compose(read, now).await?;
        if !self.mark(&mut commit, read, &composed, now).await? {
            let mut commit = Commit::new();
            commit.replace(read, &read.overtaken(now).map_err(settled)?)?;
            self.store.commit(commit).await?;
            return Err(Decision::Again);
        }
        commit.replace(read, &begun)?;
        self.store.commit(commit).await?;
        Ok(Some(Attempt { turn: read.turn, channel: read.channel, composed }))
    }

    /// Notes with the begun attempt which run judges a commit. `false`: a newer run did already.
    async fn mark(&self, commit: &mut Commit, notice: &Notice, composed: &Composed, now: Timestamp) -> Result<bool, ControlError> {
        let Some(mark) = composed.mark(notice, now) else { return Ok(true) };
        match self.store.status_mark(&mark.place).await? {
            Some(known) if known.sequence > mark.sequence => return Ok(false),
            Some(known) => commit.replace(&known, &mark)?,
            None => commit.create(&mark)?,
        };
        Ok(true)
    }

    /// Writes what came of an attempt.
    async fn answer_notice(&self, (run, turn, channel): (RunId, u64, Channel), answer: Answer) -> Result<(), ControlError> {
        let after = decide!(self.try_answer_notice((run, turn, channel), answer.clone()))?;
        let said = after.as_ref().and_then(Notice::answer).unwrap_or_default();
        match after.as_ref().map(|notice| &notice.state) {
            None | Some(NoticeState::Overtaken { .. }) => {}
            Some(NoticeState::Sent { .. }) => tracing::info!(run.id = %run, channel = channel.as_str(), said, "told of a run"),
            Some(NoticeState::Owed { next_at, .. }) => {
                tracing::warn!(run.id = %run, channel = channel.as_str(), said, %next_at, "could not tell of a run yet");
            }
            Some(NoticeState::Refused { .. } | NoticeState::GivenUp { .. }) => {
                tracing::warn!(run.id = %run, channel = channel.as_str(), said, "cannot tell of a run");
            }
        }
        Ok(())
    }

    async fn try_answer_notice(&self, (run, turn, channel): (RunId, u64, Channel), answer: Answer) -> Result<Option<Notice>, Decision> {
        let Some(read) = self.store.notice(run, turn, channel).await? else { return Ok(None) };
        // Somebody who took this attempt for dead was answered first.
        let Ok(next) = read.answered(answer, self.clock.now()) else { return Ok(None) };
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        self.store.commit(commit).await?;
        Ok(Some(next))
    }

    /// Tells what is due: what nobody heard of, and what could not be told before. One run that cannot be dealt with holds up no other, and
    /// whoever does not answer no tick for longer than one attempt takes.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_notices(&self, sender: &impl Sender) -> Result<usize, ControlError> {
        let owed = self.store.owed(TodoKind::Notice, self.clock.now(), PER_TICK).await?;
        if owed.is_empty() || !self.is_whole().await? {
            return Ok(0);
        }
        let until = Instant::now() + TICK_WITHIN;
        let mut looked = HashSet::new();
        // Several notices of a run are due together.
        let once = owed.into_iter().filter(|item| looked.insert(*item)).collect::<Vec<_>>();
        let told = stream::iter(once.into_iter().map(|item| Box::pin(self.tell_owed(item, sender, until))));
        Ok(told.buffer_unordered(AT_ONCE).collect::<Vec<usize>>().await.into_iter().sum())
    }

    /// Tells one thing that is due; gives how many attempts were made.
    async fn tell_owed(&self, item: Owed, sender: &impl Sender, until: Instant) -> usize {
        if Instant::now() >= until {
            return 0;
        }
        let told = match item {
            Owed::Turns(flow) => {
                self.notify_until(flow, None, sender, Some(until)).instrument(tracing::info_span!("notices", flow.id = %flow)).await
            }
            Owed::Notices(run) => {
                let span = tracing::info_span!("notices", flow.id = %run.flow, run.id = %run);
                self.send_notices_until(run, sender, Some(until)).instrument(span).await
            }
            _ => return 0,
        };
        told.unwrap_or_else(|error| {
            tracing::warn!(?item, %error, "nobody could be told of a run; it stays due");
            0
        })
    }
}

/// What was due a moment ago is not settled.
fn settled(refusal: kraken_domain::notice::NoticeRefusal) -> ControlError {
    ControlError::Conflict(refusal.to_string())
}
