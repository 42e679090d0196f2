//! What people are told of a queue: why its jobs wait, and what the agents of its groups do.
//!
//! Of a lane everything but a job's place in it is found out once, however many of its jobs are explained.

use crate::{
    agent::{Agent, AgentState},
    place::{ALL_AGENTS, Lane},
};

/// So many agents are named; of more, only the number is told.
const NAMED: usize = 3;

/// Why the jobs of a lane wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook(Why);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    /// For all of them the same: nobody can run them.
    Nobody(String),
    /// For their turn; what follows their place.
    Turn(String),
}

impl Outlook {
    /// Which agents fit the lane and what they do, and what excludes the others. Costs O(agents).
    pub fn of(lane: &Lane, agents: &[Agent]) -> Self {
        let living = agents.iter().filter(|agent| agent.state != AgentState::Deleted);
        let (fitting, others): (Vec<&Agent>, Vec<&Agent>) = living.partition(|agent| agent.fits(lane));
        if !fitting.iter().chain(&others).any(|agent| agent.is_in_group(lane)) {
            return Self(Why::Nobody(format!("no agent is in the group {:?} yet: enrol one", lane.group)));
        }
        let excluded = exclusions(lane, others);
        if fitting.is_empty() {
            return Self(Why::Nobody(format!("no agent can run it: {}", excluded.unwrap_or_default())));
        }
        let noun = if fitting.len() == 1 { "agent fits" } else { "agents fit" };
        let excluded = excluded.map(|excluded| format!("; {excluded}")).unwrap_or_default();
        Self(Why::Turn(format!("{} {noun} ({}){excluded}", fitting.len(), occupations(&fitting))))
    }

    /// Why a job waits that has `ahead` others of its lane before it, in one sentence.
    pub fn explain(&self, ahead: usize) -> String {
        let rest = match &self.0 {
            Why::Nobody(why) => return why.clone(),
            Why::Turn(rest) => rest,
        };
        match ahead {
            0 => format!("it is next; {rest}"),
            1 => format!("1 job is before it; {rest}"),
            n => format!("{n} jobs are before it; {rest}"),
        }
    }
}

/// What keeps `others` from having jobs of that lane; those in its group, the nearest to fitting, come first.
fn exclusions(lane: &Lane, mut others: Vec<&Agent>) -> Option<String> {
    others.sort_by_key(|agent| !agent.is_in_group(lane));
    let named: Vec<String> =
        others.iter().take(NAMED).filter_map(|agent| agent.misfit(lane).map(|why| format!("{} {why}", agent.name))).collect();
    match others.len().saturating_sub(NAMED) {
        _ if named.is_empty() => None,
        0 => Some(named.join(", ")),
        more => Some(format!("{}, and so on for {more} more", named.join(", "))),
    }
}

/// What agents that fit do: by name, or in numbers when they are many.
fn occupations(fitting: &[&Agent]) -> String {
    let word = |state| if state == "discovered" { "not yet authorised" } else { state };
    if fitting.len() <= NAMED {
        let named: Vec<String> = fitting.iter().map(|agent| format!("{} is {}", agent.name, word(agent.state.as_str()))).collect();
        return named.join(", ");
    }
    let count = |wanted| fitting.iter().filter(|agent| agent.state.as_str() == wanted).count();
    let counted: Vec<String> = ["idle", "busy", "offline", "disabled", "discovered"]
        .into_iter()
        .filter_map(|state| match count(state) {
            0 => None,
            n => Some(format!("{n} {}", word(state))),
        })
        .collect();
    counted.join(", ")
}

/// What the agents of a group do, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Wait for a job.
    pub idle: u32,
    /// Promised or running a job.
    pub busy: u32,
    /// Nothing is heard of them.
    pub offline: u32,
    /// Finish their job, take none.
    pub disabled: u32,
}

impl Capacity {
    /// Of the agents in `group`. Those that nobody has let in count nowhere.
    pub fn of(group: &str, agents: &[Agent]) -> Self {
        let mut found = Self::default();
        for agent in agents.iter().filter(|agent| group == ALL_AGENTS || agent.groups.contains(group)) {
            match agent.state {
                AgentState::Idle { .. } => found.idle += 1,
                AgentState::Busy { .. } => found.busy += 1,
                AgentState::Offline { .. } => found.offline += 1,
                AgentState::Disabled { .. } => found.disabled += 1,
                AgentState::Discovered | AgentState::Deleted => {}
            }
        }
        found
    }
}
