//! What changed since a branch was green: the changes of the flows after the newest one that ended without errors.
//!
//! Invariant: one call reads a bounded number of flows and of changes, however long the branch has been red.

use kraken_domain::{
    FlowId,
    change::Change,
    flow::{Flow, FlowState},
    run::RunResult,
};
use kraken_protocol::api::{ChangeView, ChangesSinceGreen, FlowChange, FlowMark};

use crate::{Control, ControlError};

/// Flows that are looked at for a green one.
const FLOWS_MAX: u32 = 200;
/// Commits that are given.
const COMMITS_MAX: usize = 100;
/// Bytes of changes that are given: half of what an answer may have.
const BYTES_MAX: usize = 2 << 20;
/// Flows whose changes are read at once.
const READ_AT_ONCE: usize = 20;

impl Control {
    /// The changes of `flow` and of the flows before it, up to the newest one that ended without errors. Only flows of the same kind, of the
    /// same branch of the repositories count: a pull request is not compared with another.
    ///
    /// # Errors
    /// [`ControlError::Unavailable`] when the table does not answer.
    pub async fn changes_since_green(&self, flow: Flow) -> Result<ChangesSinceGreen, ControlError> {
        let (before, more) = self.store.flows_before(flow.branch, flow.kind, flow.id, FLOWS_MAX).await?;
        let branch_name = flow.branch_name.clone();
        let mut before = before.into_iter().map(|read| read.value).filter(|other| other.branch_name == branch_name);
        let mut red = vec![flow];
        let green = loop {
            match before.next() {
                Some(other) if is_green(&other) => break Some(mark(&other)),
                Some(other) => red.push(other),
                None => break None,
            }
        };
        let flows = u32::try_from(red.len()).unwrap_or(u32::MAX);
        let found = self.changes_of(red.into_iter().filter(|flow| flow.change.is_some()).collect()).await?;
        Ok(ChangesSinceGreen {
            older_not_looked_at: green.is_none() && more,
            green,
            flows,
            items: found.items,
            flows_left_out: found.flows_left_out,
            commits_left_out: found.commits_left_out,
        })
    }

    /// The changes of these flows, newest first, as far as there is room.
    async fn changes_of(&self, flows: Vec<Flow>) -> Result<Found, ControlError> {
        let mut found = Found::default();
        for some in flows.chunks(READ_AT_ONCE) {
            if found.is_full() {
                some.iter().for_each(|flow| found.leave_out(flow));
                continue;
            }
            let ids: Vec<FlowId> = some.iter().map(|flow| flow.id).collect();
            for (flow, read) in some.iter().zip(self.store.changes_of_flows(&ids).await?) {
                match read {
                    Some(read) if !found.is_full() => found.take(flow, read.value.changes),
                    _ => found.leave_out(flow),
                }
            }
        }
        Ok(found)
    }
}

/// Without errors. Of what was written before results were kept nothing is known.
fn is_green(flow: &Flow) -> bool {
    matches!(flow.state, FlowState::Completed { cancelled: false, result: Some(RunResult::Ok), .. })
}

fn mark(flow: &Flow) -> FlowMark {
    let result = match flow.state {
        FlowState::InProgress { .. } => None,
        FlowState::Completed { result, .. } => result,
    };
    FlowMark { id: flow.id, label: flow.label.clone(), created_at: flow.created_at, result }
}

/// What is given, and what is not.
#[derive(Default)]
struct Found {
    items: Vec<FlowChange>,
    commits: usize,
    bytes: usize,
    flows_left_out: u32,
    commits_left_out: u32,
}

impl Found {
    fn is_full(&self) -> bool {
        self.commits >= COMMITS_MAX || self.bytes >= BYTES_MAX
    }

    fn take(&mut self, flow: &Flow, mut changes: Vec<Change>) {
        for change in &mut changes {
            let over = change.commits.len().saturating_sub(COMMITS_MAX.saturating_sub(self.commits));
            // Oldest first.
            change.commits.drain(..over);
            self.commits_left_out = self.commits_left_out.saturating_add(u32::try_from(over).unwrap_or(u32::MAX));
            self.commits += change.commits.len();
            self.bytes += change.bytes();
        }
        self.items.push(FlowChange { flow: mark(flow), changes: changes.into_iter().map(ChangeView).collect() });
    }

    fn leave_out(&mut self, flow: &Flow) {
        let commits = flow.change.as_ref().map_or(0, |change| change.commits);
        self.flows_left_out = self.flows_left_out.saturating_add(1);
        self.commits_left_out = self.commits_left_out.saturating_add(commits);
    }
}

#[cfg(test)]
mod tests;
