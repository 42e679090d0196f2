//! Groups of runs of which at most one is in progress: entering, waiting for the turn, letting on.
//!
//! Older runs are cancelled before the newer one enters, and it enters in the commit that begins it: who dies in between does it again.

use kraken_domain::{
    RunId, Timestamp,
    concurrency::{Entry, Group, Member},
    run::{Run, RunEvent},
};
use kraken_store::{Commit, Versioned};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// A group as it was read, if there was one, and as it is from now on.
pub(crate) struct Entered {
    read: Option<Versioned<Group>>,
    next: Group,
    pub(crate) entry: Entry,
}

impl Entered {
    /// Adds the group to the commit that does what the entry says.
    pub(crate) fn write(&self, commit: &mut Commit) -> Result<(), ControlError> {
        match &self.read {
            Some(read) => commit.replace(read, &self.next)?,
            None => commit.create(&self.next)?,
        };
        Ok(())
    }
}

impl Control {
    /// Asks what becomes of a run that enters its group now, and cancels those that it supersedes: the one that waits only if this one
    /// `may_wait` in its place. `None`: it is in no group.
    pub(crate) async fn enter_group(&self, run: &Run, since: Timestamp, may_wait: bool) -> Result<Option<Entered>, ControlError> {
        let Some(membership) = &run.concurrency else { return Ok(None) };
        let read = self.store.run_group(run.project, &membership.group).await?;
        let group = read.as_ref().map_or_else(|| Group::new(run.project, membership.group.clone()), |read| read.value.clone());
        let over = self.over(&group).await?;
        let member = Member { since, sequence: run.sequence, run: run.id };
        let (next, entry) = group.enter(member, membership.cancel_in_progress, self.clock.now(), |run| over.contains(&run));
        let cancel: Vec<RunId> = match &entry {
            Entry::Start { cancel } => cancel.clone(),
            Entry::Wait { cancel, .. } if may_wait => cancel.iter().copied().collect(),
            Entry::Wait { .. } | Entry::Superseded { .. } => Vec::new(),
        };
        for older in cancel {
            decide!(self.try_supersede(older, run.id))?;
        }
        Ok(Some(Entered { read, next, entry }))
    }

    /// Members of a group that nobody waits for any more: over, or gone with their flow.
    async fn over(&self, group: &Group) -> Result<Vec<RunId>, ControlError> {
        let mut over = Vec::new();
        for member in group.members() {
            if self.store.run(member).await?.is_none_or(|run| run.is_completed()) {
                over.push(member);
            }
        }
        Ok(over)
    }

    async fn try_supersede(&self, older: RunId, by: RunId) -> Result<(), Attempt> {
        let Some(read) = self.store.run(older).await? else { return Ok(()) };
        let Ok(moved) = read.on(RunEvent::Supersede { by }, self.clock.now()) else { return Ok(()) };
        let mut commit = Commit::new();
        commit.replace(&read, &moved.next)?;
        self.store.commit(commit).await?;
        tracing::info!(run.id = %older, by = %by, "a run is superseded by a newer one of its group");
        self.perform(moved.effects).await;
        Ok(())
    }

    /// Whether the run that this one waited for is gone: then it enters its group anew.
    pub(super) async fn look_for_turn(&self, run: &Versioned<Run>) -> Result<bool, Attempt> {
        if let Some(membership) = &run.concurrency
            && let Some(group) = self.store.run_group(run.project, &membership.group).await?
        {
            let over = self.over(&group).await?;
            if let Some(current) = group.current.filter(|current| current.run != run.id && !over.contains(&current.run)) {
                return self.wait_on(run, current.run).await;
            }
        }
        let moved = run.on(RunEvent::Turn, self.clock.now()).map_err(ControlError::from)?;
        let mut commit = Commit::new();
        commit.replace(run, &moved.next)?;
        self.store.commit(commit).await?;
        Ok(true)
    }

    /// It is not its turn. Noted once it was due: what is due stands in one line, and this would stay at its head.
    async fn wait_on(&self, run: &Versioned<Run>, behind: RunId) -> Result<bool, Attempt> {
        let now = self.clock.now();
        if run.due().is_some_and(|due| due <= now) {
            let moved = run.on(RunEvent::Wait { behind }, now).map_err(ControlError::from)?;
            let mut commit = Commit::new();
            commit.replace(run, &moved.next)?;
            self.store.commit(commit).await?;
        }
        Ok(false)
    }

    /// Lets on the run that waits for its turn behind this one, which is over.
    pub(super) async fn leave_group(&self, run: &Versioned<Run>) -> Result<(), Attempt> {
        let Some(membership) = &run.concurrency else { return Ok(()) };
        let Some(read) = self.store.run_group(run.project, &membership.group).await? else { return Ok(()) };
        let over = self.over(&read).await?;
        let Some((next, turn)) = read.leave(run.id, |run| over.contains(&run)) else { return Ok(()) };
        let (mut commit, mut effects) = (Commit::new(), Vec::new());
        commit.replace(&read, &next)?.require(run);
        if let Some(turn) = turn
            && let Some(waiting) = self.store.run(turn).await?
            && let Ok(moved) = waiting.on(RunEvent::Turn, self.clock.now())
        {
            commit.replace(&waiting, &moved.next)?;
            effects = moved.effects;
        }
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(())
    }
}
