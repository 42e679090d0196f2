//! What agents make known.

use super::{About, Event, Measure, News, What, event::short};
use crate::agent::{Agent, AgentState};

/// What a write of an agent makes known: `before` as it was read (`None`: it is new), `version` that of `after`.
pub fn of_agent(before: Option<&Agent>, after: &Agent, version: u64) -> News {
    let name = short(&after.name);
    let (time, what) = match (before.map(|agent| &agent.state), &after.state) {
        (None | Some(AgentState::Discovered), AgentState::Offline { since, .. }) => (*since, What::AgentJoined { name }),
        (Some(AgentState::Offline { .. } | AgentState::Disabled { .. }), AgentState::Idle { since } | AgentState::Busy { since, .. }) => {
            (*since, What::AgentReady { name })
        }
        (Some(AgentState::Idle { .. } | AgentState::Busy { .. }), AgentState::Offline { since, left: true }) => {
            (*since, What::AgentLeft { name })
        }
        (Some(AgentState::Idle { .. } | AgentState::Busy { .. }), AgentState::Offline { since, left: false }) => {
            (*since, What::AgentLost { name })
        }
        _ => return News::none(),
    };
    let measures = if matches!(what, What::AgentLost { .. }) { vec![Measure::AgentLost] } else { Vec::new() };
    let about = About { agent: Some(after.id), ..About::default() };
    News { events: vec![Event::of(after.id, version, time, about, what)], measures, ..News::none() }
}
