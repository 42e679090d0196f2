//! Who gets which job: first in, first out, among the jobs that some idle agent can run.

mod outlook;

use jiff::Timestamp;

pub use outlook::{Capacity, Outlook};

use crate::{
    AgentId, JobId,
    agent::{Agent, AgentState},
    place::Lane,
};

/// A job that waits, as the queue shows it. Jobs are served in the order of this key: first by their run's creation,
/// then by their own number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// When the job's run was made.
    pub run_created_at: Timestamp,
    /// The job; numbers of one run count up in order of creation.
    pub job: JobId,
}

/// One decision: this job to this agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The job.
    pub job: JobId,
    /// The agent.
    pub agent: AgentId,
}

/// Matches the heads of the lanes with idle agents.
///
/// Oldest job first; a job that no idle agent fits is passed over and blocks nobody. Of several agents that fit, the one
/// that fits the fewest of the lanes is taken, so that versatile agents stay free for others; then the one that has been
/// idle longest. No agent and no job appears twice in the answer.
///
/// `lanes` holds, per lane, its oldest jobs in order: as many as there are idle agents is enough for an exact answer.
/// Agents that are not idle are ignored. Costs O(jobs × agents) at worst, on what was passed in; never on the whole queue.
pub fn plan(lanes: &[(Lane, Vec<Waiting>)], agents: &[Agent]) -> Vec<Assignment> {
    let mut free: Vec<Candidate> = agents.iter().filter_map(|agent| Candidate::of(agent, lanes)).collect();
    free.sort_by_key(|candidate| (candidate.lanes.len(), candidate.idle_since, candidate.agent));

    let mut waiting: Vec<(&Waiting, usize)> =
        lanes.iter().enumerate().flat_map(|(lane, (_, jobs))| jobs.iter().map(move |job| (job, lane))).collect();
    waiting.sort();

    let mut assignments: Vec<Assignment> = Vec::new();
    for (job, lane) in waiting {
        if free.is_empty() {
            break;
        }
        // Indexes lag: a job or an agent may have been read twice.
        if assignments.last().is_some_and(|last| last.job == job.job) {
            continue;
        }
        if let Some(taken) = free.iter().find(|candidate| candidate.lanes.contains(&lane)).map(|candidate| candidate.agent) {
            assignments.push(Assignment { job: job.job, agent: taken });
            free.retain(|candidate| candidate.agent != taken);
        }
    }
    assignments
}

struct Candidate {
    agent: AgentId,
    idle_since: Timestamp,
    /// Indices of the lanes that it fits.
    lanes: Vec<usize>,
}

impl Candidate {
    fn of(agent: &Agent, lanes: &[(Lane, Vec<Waiting>)]) -> Option<Self> {
        let AgentState::Idle { since } = agent.state else { return None };
        let fitting: Vec<usize> = lanes.iter().enumerate().filter(|(_, (lane, _))| agent.fits(lane)).map(|(at, _)| at).collect();
        (!fitting.is_empty()).then_some(Self { agent: agent.id, idle_since: since, lanes: fitting })
    }
}

/// Why a job waits, in one sentence: its place in the queue, which agents would fit and what they do, and what
/// excludes the others. `ahead` counts the jobs of its lane before it.
pub fn explain_waiting(lane: &Lane, ahead: usize, agents: &[Agent]) -> String {
    Outlook::of(lane, agents).explain(ahead)
}

#[cfg(test)]
mod tests;
