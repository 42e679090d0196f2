//! Retention: every branch is looked at once a day, and what is past its time goes.
//!
//! Invariant: the work of one tick is bounded, and whatever dies goes on at the next: a look notes how far it got, a flow that is being removed
//! is found by its own mark. A look that is taken twice finds nothing the second time.

use std::{sync::Mutex, time::Duration};

use kraken_domain::{
    BranchId, Timestamp,
    flow::{Flow, FlowKind, FlowState},
    retention::{Fate, Keep, Newest, Policy, Sweep, SweepAt, fate_of_gone},
};
use kraken_store::{Commit, Entity, LeftOver, Owed, TodoKind, Versioned};
use tokio::time::Instant;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    agents::later,
    heap::on_heap,
};

/// Branches and flows that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 200;
/// Items that one tick looks at or removes.
const WORK_PER_TICK: usize = 1000;
/// For how long one tick works at most: what has to be quick waits for the end of it.
const LASTS_FOR: Duration = Duration::from_secs(20);
/// After so long on one branch or flow it notes how far it got.
const EACH_WORKS_FOR: Duration = Duration::from_secs(6);
/// For how long it works on one branch or flow at most: one that hangs holds up the others no longer.
const EACH_LASTS_FOR: Duration = Duration::from_secs(8);
/// For how long one tick works on the history of a branch that moves: it is missed until it is there.
const MOVE_WORKS_FOR: Duration = Duration::from_secs(15);
/// Records of it that one tick writes.
const MOVE_PER_TICK: usize = 20_000;
/// For how long a caller waits for what could be done behind its back.
const CALLER_WAITS_FOR: Duration = Duration::from_secs(3);
/// Where so many flows that are being removed failed, no more are marked: what fails then may fail for all.
const FAILED_MAX: usize = 20;
/// Nothing here is urgent: where nothing was left to do, a process asks again after so many seconds.
const ASKS_AGAIN_S: i64 = 600;
/// Flows that one read brings.
const FLOWS_AT_ONCE: u32 = 50;
/// Items that one read brings.
const ITEMS_AT_ONCE: u32 = 100;

/// When this process asks the table again what is past its time.
#[derive(Debug, Default)]
pub(crate) struct Rest(Mutex<Option<Timestamp>>);

const UNPOISONED: &str = "no holder of this lock can panic";

impl Rest {
    fn is_over(&self, now: Timestamp) -> bool {
        self.0.lock().expect(UNPOISONED).is_none_or(|until| now >= until)
    }

    fn begin(&self, now: Timestamp) {
        *self.0.lock().expect(UNPOISONED) = Some(later(now, ASKS_AGAIN_S));
    }

    /// Something may be due sooner.
    pub(super) fn end(&self) {
        *self.0.lock().expect(UNPOISONED) = None;
    }
}

/// The work that a tick may still do.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
    /// Until when it may do it on this branch or flow.
    until: Instant,
}

impl Work {
    fn of_a_tick() -> Self {
        Self { left: WORK_PER_TICK, until: Instant::now() + EACH_WORKS_FOR }
    }

    /// What a caller waits for.
    pub(super) fn of_a_call() -> Self {
        Self { left: WORK_PER_TICK, until: Instant::now() + CALLER_WAITS_FOR }
    }

    /// For a branch that moves, besides what else the tick does.
    fn of_a_move() -> Self {
        Self { left: MOVE_PER_TICK, until: Instant::now() + MOVE_WORKS_FOR }
    }

    /// The next branch or flow has a time of its own.
    fn begin(&mut self) {
        self.until = Instant::now() + EACH_WORKS_FOR;
    }

    fn is_spent(&self) -> bool {
        self.left == 0
    }

    pub(super) fn spend(&mut self, items: usize) {
        self.left = self.left.saturating_sub(items);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_spent() || Instant::now() >= self.until
    }
}

/// By what is judged what becomes of the flows of one kind.
enum Judge {
    /// Their branch is there.
    Branch { keep: Keep, newest: Newest },
    /// It is gone.
    Gone,
}

impl Judge {
    fn fate(&self, flow: &Flow, now: Timestamp) -> Fate {
        match self {
            Self::Branch { keep, newest } => keep.fate(flow, newest, now),
            Self::Gone => fate_of_gone(flow, now),
        }
    }
}

impl Control {
    /// Looks at the branches whose day is over, and goes on with the flows that are being removed. What cannot be dealt with holds up nothing
    /// else.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_retention(&self) -> Result<usize, ControlError> {
        let now = self.clock.now();
        if !self.known.retention.is_over(now) {
            return Ok(0);
        }
        let mut owed = self.store.owed(TodoKind::Retention, now, PER_TICK).await?;
        if owed.is_empty() {
            self.known.retention.begin(now);
            return Ok(0);
        }
        if !self.is_whole().await? {
            return Ok(0);
        }
        // Each has its turn to be the first, so that some that hang hold up the others for a while only.
        let turn = usize::try_from(now.as_second() / 60).unwrap_or(0) % owed.len();
        owed.rotate_left(turn);
        // What is marked goes before more is. First of all what somebody misses.
        owed.sort_by_key(|item| match item {
            Owed::Moving(_) => 0,
            Owed::Going(_) => 1,
            _ => 2,
        });
        let (all, mut work, mut looked, mut failed) = (owed.len(), Work::of_a_tick(), 0, 0);
        let through = tokio::time::timeout(LASTS_FOR, async {
            let mut in_time = true;
            for item in owed {
                if work.is_spent() || (failed > FAILED_MAX && matches!(item, Owed::Sweep(_))) {
                    return false;
                }
                work.begin();
                let lasts_for = if matches!(item, Owed::Moving(_)) { MOVE_WORKS_FOR + EACH_LASTS_FOR } else { EACH_LASTS_FOR };
                let done = tokio::time::timeout(lasts_for, on_heap(|| self.retain(item, &mut work))).await;
                match done {
                    Ok(Ok(through)) => {
                        in_time &= through && !work.is_over();
                        looked += 1;
                    }
                    Ok(Err(error)) => {
                        failed += usize::from(matches!(item, Owed::Going(_)));
                        in_time &= !matches!(item, Owed::Moving(_));
                        tracing::warn!(?item, %error, "what is past its time could not be removed, or what moves not moved; it stays due");
                    }
                    Err(_) => {
                        in_time = false;
                        tracing::info!(?item, "there is more past its time than one tick removes; the next goes on");
                    }
                }
            }
            in_time && !work.is_spent()
        });
        if through.await.unwrap_or(false) && all < PER_TICK as usize {
            self.known.retention.begin(now);
        }
        Ok(looked)
    }

    /// Says whether nothing is left of it for the next tick, as far as that shows otherwise than by the work that is left.
    async fn retain(&self, item: Owed, work: &mut Work) -> Result<bool, ControlError> {
        match item {
            Owed::Going(flow) => self.remove_flow(flow, work).await?,
            Owed::Sweep(branch) => decide!(self.sweep(branch, work))?,
            Owed::Moving(branch) => return self.follow_branch(branch, &mut Work::of_a_move()).await,
            _ => {}
        }
        Ok(true)
    }

    /// Looks at the flows of a branch, from the oldest on.
    async fn sweep(&self, id: BranchId, work: &mut Work) -> Result<(), Attempt> {
        let now = self.clock.now();
        let Some(read) = self.store.sweep(id).await? else { return Ok(()) };
        if read.due > now {
            return Ok(());
        }
        let policy: Option<Policy> = self.store.branch(id).await?.map(|branch| branch.retention.in_force());
        if policy.is_none() && read.gone_since.is_none() {
            // A branch is removed together with the note of it. Never by its absence alone: all of its flows would go.
            self.note_sweep(&read, &read.done(now)).await?;
            tracing::error!(branch.id = %id, "a branch is not there, but nobody removed it: its flows stay");
            return Ok(());
        }
        let first = read.at.unwrap_or(SweepAt { kind: FlowKind::Ci, after: None, job: None });
        let kinds = [FlowKind::Ci, FlowKind::Dev].into_iter().skip_while(|kind| *kind != first.kind);
        for kind in kinds {
            let at = if kind == first.kind { first } else { SweepAt { kind, after: None, job: None } };
            let stopped = self.sweep_kind(&read, policy.as_ref().map(|policy| policy.of(kind)), at, work).await?;
            if let Some(stopped) = stopped {
                return self.note_sweep(&read, &read.so_far(stopped)).await;
            }
        }
        if policy.is_none() && read.is_over(now) && self.has_no_flows(id).await? {
            return Ok(self.clear_branch(id, work).await?);
        }
        self.note_sweep(&read, &read.done(now)).await
    }

    async fn note_sweep(&self, read: &Versioned<Sweep>, next: &Sweep) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        commit.replace(read, next)?;
        Ok(self.store.commit(commit).await?)
    }

    /// Gives how far it got if it did not get through.
    async fn sweep_kind(
        &self,
        sweep: &Versioned<Sweep>,
        keep: Option<&Keep>,
        mut at: SweepAt,
        work: &mut Work,
    ) -> Result<Option<SweepAt>, ControlError> {
        let (now, branch, mut judge) = (self.clock.now(), sweep.branch, None);
        // Of a flow that was made since, nothing can be past its time.
        let since = match keep {
            Some(keep) => match keep.nothing_since(now) {
                Some(since) => since,
                None => return Ok(None),
            },
            None => Timestamp::MAX,
        };
        loop {
            let flows = self.store.oldest_flows(branch, at.kind, at.after, FLOWS_AT_ONCE).await?;
            if flows.first().is_none_or(|flow| flow.created_at > since) {
                return Ok(None);
            }
            // Counted only where one may go.
            let judge = match &mut judge {
                Some(judge) => judge,
                None => {
                    let Some(found) = self.judge(branch, keep, at.kind).await? else { return Ok(None) };
                    judge.insert(found)
                }
            };
            for flow in flows {
                if flow.created_at > since {
                    return Ok(None);
                }
                if work.is_over() {
                    return Ok(Some(at));
                }
                work.spend(1);
                at.job = match on_heap(|| self.settle_old(&flow, sweep, judge, at, work)).await {
                    Err(never) if !never.is_passing() => {
                        tracing::warn!(flow.id = %flow.id, error = %never, "a flow that is past its time stays; tried again tomorrow");
                        None
                    }
                    done => done?,
                };
                if at.job.is_some() {
                    return Ok(Some(at));
                }
                at.after = Some(flow.id);
            }
        }
    }

    async fn judge(&self, branch: BranchId, keep: Option<&Keep>, kind: FlowKind) -> Result<Option<Judge>, ControlError> {
        let Some(keep) = keep else { return Ok(Some(Judge::Gone)) };
        let newest = self.store.newest_flows(branch, kind, keep.counted()).await?;
        Ok(newest.map(|newest| Judge::Branch { keep: *keep, newest }))
    }

    /// Does with a flow what is to be done; gives the last job that it is done with if it did not get through.
    async fn settle_old(
        &self,
        listed: &Flow,
        sweep: &Versioned<Sweep>,
        judge: &Judge,
        at: SweepAt,
        work: &mut Work,
    ) -> Result<Option<kraken_domain::JobId>, ControlError> {
        let now = self.clock.now();
        // Lists may be behind: what follows is judged again on the flow itself.
        let fate = judge.fate(listed, now);
        if fate.goes {
            if decide!(self.begin_removal(listed, sweep, judge))? {
                self.remove_flow(listed.id, work).await?;
            }
        } else if fate != Fate::STAYS {
            let Some(flow) = self.store.flow(listed.id).await? else { return Ok(None) };
            let fate = judge.fate(&flow, now);
            if self.store.sweep(sweep.branch).await?.is_none_or(|now| now.version != sweep.version) {
                return Err(looked_at_anew());
            }
            return self.strip_flow(&flow, fate, at.job, work).await;
        } else if matches!((judge, listed.state), (Judge::Gone, FlowState::InProgress { cancelled: false })) {
            // Nobody can go on with it.
            on_heap(|| self.cancel_flow(listed.id)).await?;
        }
        Ok(None)
    }

    /// From this commit on nobody sees the flow, and nothing can begin in it.
    async fn begin_removal(&self, listed: &Flow, sweep: &Versioned<Sweep>, judge: &Judge) -> Result<bool, Attempt> {
        let now = self.clock.now();
        let Some(read) = self.store.flow(listed.id).await? else { return Ok(false) };
        if !judge.fate(&read, now).goes || !self.is_at_rest(read.id).await? {
            return Ok(false);
        }
        let mut next = read.value.clone();
        next.retention.going_since = Some(now);
        let mut commit = Commit::new();
        // Whoever changes the policy writes the sweep anew: nothing goes by what does not hold any more.
        commit.replace(&read, &next)?.require(sweep);
        self.store.commit(commit).await.map_err(|error| match error.refused(&sweep.key()) {
            true => Attempt::Failed(looked_at_anew()),
            false => error.into(),
        })?;
        tracing::info!(flow.id = %read.id, branch.id = %read.branch, label = read.label, "a flow is past its time and is removed");
        Ok(true)
    }

    async fn has_no_flows(&self, branch: BranchId) -> Result<bool, ControlError> {
        for kind in [FlowKind::Ci, FlowKind::Dev] {
            if self.store.newest_flows(branch, kind, 1).await?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes what is left of a branch that is gone, its sweep last.
    async fn clear_branch(&self, id: BranchId, work: &mut Work) -> Result<(), ControlError> {
        loop {
            let items = self.store.below_branch(id, ITEMS_AT_ONCE).await?;
            let (roots, others): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| matches!(item.what, LeftOver::Root));
            if others.is_empty() {
                return Ok(self.store.remove(&roots).await?);
            }
            if work.is_over() {
                return Ok(());
            }
            work.spend(others.len());
            self.store.remove(&others).await?;
        }
    }
}

fn looked_at_anew() -> ControlError {
    ControlError::Unavailable("the branch is looked at anew, maybe by another policy".to_owned())
}
