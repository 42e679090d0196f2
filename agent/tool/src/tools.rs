//! The built-in tools.

mod artifacts;
mod data;
mod git;
mod keys;
mod shell;

pub use data::jq_main;

use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;

/// The version of all of them.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One built-in tool.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Names, `*` after those that must be there, and what they mean.
    pub(crate) fields: &'static [(&'static str, &'static str)],
    /// Seconds that a step may take when it does not say itself.
    pub(crate) timeout_s: Option<u64>,
    pub(crate) run: fn(&mut Surroundings, &Task<'_>) -> Result<(), Failure>,
}

/// All of them.
pub(crate) const TOOLS: &[Tool] = &[artifacts::TOOL, data::TOOL, git::TOOL, shell::TOOL];

/// Finds a tool by `name` or `name@version`, where a version may be shortened: `1` stands for any `1.x.y`.
pub(crate) fn find(wanted: &str) -> Result<&'static Tool, Failure> {
    let (name, version) = wanted.split_once('@').unwrap_or((wanted, VERSION));
    let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else {
        let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        return Err(Failure::missing(format!(
            "tool `{name}` is unknown to this agent; it has {}: correct the name or update the agent",
            known.join(", ")
        )));
    };
    let fits = VERSION.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    if fits {
        Ok(tool)
    } else {
        Err(Failure::missing(format!("tool `{wanted}` is not on this agent, which has {name}@{VERSION}: name that version or none")))
    }
}

#[cfg(test)]
mod tests;
