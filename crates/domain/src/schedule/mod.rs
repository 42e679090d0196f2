//! Who gets which job: first in, first out, among the jobs that some idle agent can run.

use jiff::Timestamp;

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

    let mut assignments = Vec::new();
    for (job, lane) in waiting {
        if free.is_empty() {
            break;
        }
        if let Some(at) = free.iter().position(|candidate| candidate.lanes.contains(&lane)) {
            assignments.push(Assignment { job: job.job, agent: free.remove(at).agent });
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

/// Why a job waits, in one sentence: its place in the queue, which agents would fit and what they do, and, when
/// none would, what excludes the others. `ahead` counts the jobs of its lane before it.
pub fn explain_waiting(lane: &Lane, ahead: usize, agents: &[Agent]) -> String {
    let living: Vec<&Agent> = agents.iter().filter(|agent| agent.state != AgentState::Deleted).collect();
    let (fitting, others): (Vec<&Agent>, Vec<&Agent>) = living.into_iter().partition(|agent| agent.fits(lane));
    if fitting.is_empty() {
        let excluded: Vec<String> =
            others.iter().take(3).filter_map(|agent| agent.misfit(lane).map(|why| format!("{} {why}", agent.name))).collect();
        let more = others.len().saturating_sub(3);
        return match (excluded.is_empty(), more) {
            (true, _) => format!("no agent is in the group {:?} yet: enrol one", lane.group),
            (false, 0) => format!("no agent can run it: {}", excluded.join(", ")),
            (false, more) => format!("no agent can run it: {}, and so on for {more} more", excluded.join(", ")),
        };
    }
    let place = match ahead {
        0 => "it is next".to_owned(),
        1 => "1 job is before it".to_owned(),
        n => format!("{n} jobs are before it"),
    };
    let count = |wanted: &str| fitting.iter().filter(|agent| agent.state.as_str() == wanted).count();
    let doing: Vec<String> = ["idle", "busy", "offline", "disabled", "discovered"]
        .into_iter()
        .filter_map(|state| match count(state) {
            0 => None,
            n => Some(format!("{n} {}", if state == "discovered" { "not yet authorised" } else { state })),
        })
        .collect();
    let noun = if fitting.len() == 1 { "agent fits" } else { "agents fit" };
    format!("{place}; {} {noun} ({})", fitting.len(), doing.join(", "))
}

#[cfg(test)]
mod tests;
