//! The rows of the table: what is measured, one file per kind of work.

mod agent_killed;
mod due;
mod idle_memory;
mod latency;
mod lists;
mod log;
mod restart;
mod server_killed;
mod stage;
mod throughput;
mod twenty_jobs;
mod webhook;

use std::{fmt, str::FromStr};

use anyhow::Result;

pub(crate) use self::latency::{Sample, idle_branch, trigger};
use crate::{figures::Figure, system::Setup};

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Command,
    Result,
    OneAgent,
    FourAgents,
    Log,
    IdleMemory,
    Restart,
    Lists,
    ServerKilled,
    AgentKilled,
    Triggers,
    Stage,
    Webhook,
}

impl Row {
    pub(crate) const ALL: [Self; 13] = [
        Self::Command,
        Self::Result,
        Self::OneAgent,
        Self::FourAgents,
        Self::Log,
        Self::IdleMemory,
        Self::Restart,
        Self::Lists,
        Self::ServerKilled,
        Self::AgentKilled,
        Self::Triggers,
        Self::Stage,
        Self::Webhook,
    ];

    /// What it is asked for by: its number in the table of targets, from 1, or, where that has none for it, a name.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Triggers => "triggers".to_owned(),
            Self::Stage => "stage".to_owned(),
            Self::Webhook => "webhook".to_owned(),
            numbered => (numbered as u8 + 1).to_string(),
        }
    }

    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Command => "trigger call → first command of the job, idle",
            Self::Result => "trigger call → result visible in the API, idle",
            Self::OneAgent => "200 no-op jobs at once, one agent",
            Self::FourAgents => "200 no-op jobs at once, four agents",
            Self::Log => "a job prints 1,000,000 lines of 100 bytes",
            Self::IdleMemory => "memory after 10 s without work",
            Self::Restart => "start to ready",
            Self::Lists => "list the 50 newest of 1,000 flows",
            Self::ServerKilled => "kill -9 of the server amid 20 jobs, restart",
            Self::AgentKilled => "kill -9 of an agent amid 20 jobs, restart",
            Self::Triggers => "10,000 stages whose time comes at once, one tick",
            Self::Stage => "a stage with 1,000 jobs: evaluate, check, expand",
            Self::Webhook => "a git host's delivery → answer",
        }
    }

    pub(crate) async fn measure(self, setup: &Setup) -> Result<Vec<Figure>> {
        match self {
            Self::Command => latency::to_command(setup).await,
            Self::Result => latency::to_result(setup).await,
            Self::OneAgent => throughput::measure(setup, 1, 5000.0).await,
            Self::FourAgents => throughput::measure(setup, 4, 9000.0).await,
            Self::Log => log::measure(setup).await,
            Self::IdleMemory => idle_memory::measure(setup).await,
            Self::Restart => restart::measure(setup).await,
            Self::Lists => lists::measure(setup).await,
            Self::ServerKilled => server_killed::measure(setup).await,
            Self::AgentKilled => agent_killed::measure(setup).await,
            Self::Triggers => due::measure(setup).await,
            Self::Stage => stage::measure(setup),
            Self::Webhook => webhook::measure(setup).await,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

impl FromStr for Row {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let row = Self::ALL.into_iter().find(|row| row.name() == text);
        row.ok_or_else(|| format!("there is no row {text:?}: expected one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

#[cfg(test)]
mod tests;
