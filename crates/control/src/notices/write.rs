//! From turns of runs to the notices that they owe.

use std::collections::BTreeSet;

use kraken_domain::{
    FlowId, RunId,
    notice::{Channel, LastEnd, Notice, Occasion, Turn, Wanted, owed},
};
use kraken_store::{Commit, Turns, Versioned};
use kraken_workflow::{Event, Notification, StageSchema};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Turns that one look at a flow deals with; of what is left the next look, or the tick.
const TURNS_MAX: usize = 500;

impl Control {
    /// Writes the notices that the turns of a flow's runs owe; gives the runs that have some. Repeated, there is nothing left to do.
    ///
    /// # Errors
    /// [`ControlError`] when something needed does not answer; what is left stays due.
    pub async fn write_notices(&self, flow: FlowId) -> Result<BTreeSet<RunId>, ControlError> {
        let mut runs = BTreeSet::new();
        for _ in 0..TURNS_MAX {
            match decide!(self.write_first_notices(flow))? {
                Some(run) => _ = runs.insert(run),
                None => break,
            }
        }
        Ok(runs)
    }

    /// Deals with one turn: its notices come and it goes in one commit.
    async fn write_first_notices(&self, flow: FlowId) -> Result<Option<RunId>, Attempt> {
        let Some(turns) = self.store.turns(flow).await?.into_iter().next() else { return Ok(None) };
        let Some((turn, rest)) = turns.turns.split_first() else {
            return Err(ControlError::Damaged(format!("flow {flow} has turns that are none")).into());
        };
        let mut commit = Commit::new();
        let (notices, last) = self.owed_by(turn).await?;
        for notice in &notices {
            commit.create(notice)?;
        }
        if let Some((read, next)) = last {
            match read {
                Some(read) => commit.replace(&read, &next)?,
                None => commit.create(&next)?,
            };
        }
        take_off(&mut commit, &turns, rest)?;
        self.store.commit(commit).await?;
        Ok(Some(turn.run))
    }

    /// The notices that a turn owes, and what is to be remembered of it over what was read.
    async fn owed_by(&self, turn: &Turn) -> Result<(Vec<Notice>, Option<Remembered>), ControlError> {
        let wanted = or_nobody(turn, self.wanted(turn).await)?;
        if wanted.is_empty() {
            return Ok((Vec::new(), None));
        }
        let last = self.store.last_end(turn.stage).await?;
        let known = last.as_ref().map(|read| &read.value);
        let next = LastEnd::after(known, turn);
        Ok((owed(turn, &wanted, known), next.map(|next| (last, next))))
    }

    async fn wanted(&self, turn: &Turn) -> Result<Vec<Wanted>, ControlError> {
        // Its flow was deleted, and with it all its runs; or it never came to have jobs.
        let Some(run) = self.store.run(turn.run).await? else { return Ok(Vec::new()) };
        let Some(sha256) = run.told_by() else { return Ok(Vec::new()) };
        Ok(channels(&self.notification(sha256).await?))
    }

    /// Whom the stage of a run tells.
    pub(super) async fn notification(&self, sha256: &str) -> Result<Notification, ControlError> {
        let spec = self.spec(sha256).await?;
        let stage = StageSchema::from_value(&spec.schema).map_err(|problems| {
            let why = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            ControlError::Damaged(format!("the stored stage {sha256} is none any more: {why}"))
        })?;
        Ok(stage.notification)
    }
}

/// What is remembered of a stage's end: as it was read, as it shall be.
type Remembered = (Option<Versioned<LastEnd>>, LastEnd);

/// What will never be known must not stay in the way of others; what is not known now is asked again.
fn or_nobody(turn: &Turn, wanted: Result<Vec<Wanted>, ControlError>) -> Result<Vec<Wanted>, ControlError> {
    wanted.or_else(|error| {
        if error.is_passing() {
            return Err(error);
        }
        tracing::error!(run.id = %turn.run, %error, "nobody can be told of a run: its stage cannot be read");
        Ok(Vec::new())
    })
}

fn take_off(commit: &mut Commit, turns: &Versioned<Turns>, rest: &[Turn]) -> Result<(), ControlError> {
    if rest.is_empty() {
        commit.delete(turns);
        return Ok(());
    }
    // The record is named by its first turn: what is left is another one.
    commit.delete(turns).create(&Turns { flow: turns.flow, turns: rest.to_vec() })?;
    Ok(())
}

/// The channels that a stage names, with what each wants to hear of.
fn channels(notification: &Notification) -> Vec<Wanted> {
    let Notification { email, slack, discord, github, gitlab, gitea, webhook } = notification;
    let named = [
        (Channel::Email, email.as_ref().map(|email| &email.on)),
        (Channel::Slack, slack.as_ref().map(|slack| &slack.on)),
        (Channel::Discord, discord.as_ref().map(|discord| &discord.on)),
        (Channel::GitHub, github.as_ref().map(|host| &host.on)),
        (Channel::GitLab, gitlab.as_ref().map(|host| &host.on)),
        (Channel::Gitea, gitea.as_ref().map(|host| &host.on)),
        (Channel::Webhook, webhook.as_ref().map(|webhook| &webhook.on)),
    ];
    let wanted = |(channel, on): (Channel, Option<&Vec<Event>>)| {
        let on = on?.iter().map(|event| match event {
            Event::Start => Occasion::Start,
            Event::End => Occasion::End,
            Event::Failure => Occasion::Failure,
            Event::Fixed => Occasion::Fixed,
            Event::Regression => Occasion::Regression,
        });
        Some(Wanted { channel, on: on.collect() })
    };
    named.into_iter().filter_map(wanted).collect()
}

#[cfg(test)]
mod tests;
