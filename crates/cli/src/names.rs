//! How people name things on the command line, before the server is asked: `PROJECT/BRANCH`, `PROJECT/BRANCH/STAGE`, or an id.
//!
//! A branch's name may hold slashes (`demo/feature/x`): the first part is the project, in a stage's name the last part is the
//! stage. Where that isn't so, the id helps. Parsing never asks the server.

use std::{fmt, str::FromStr};

use clap::Args;
use kraken_domain::{AgentId, BranchId, FlowId, JobId, RunId, StageId};

/// A branch by project and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchName {
    /// The project's name or id.
    pub project: String,
    /// The branch's name.
    pub branch: String,
}

impl FromStr for BranchName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((project, branch)) if !project.is_empty() && !branch.is_empty() => {
                Ok(Self { project: project.to_owned(), branch: branch.to_owned() })
            }
            _ => Err("expected PROJECT/BRANCH, such as demo/main".to_owned()),
        }
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.project, self.branch)
    }
}

/// A branch, either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchRef {
    /// By id.
    Id(BranchId),
    /// By name.
    Named(BranchName),
}

impl FromStr for BranchRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('/') {
            return text.parse().map(Self::Named);
        }
        text.parse().map(Self::Id).map_err(|_| "expected PROJECT/BRANCH, such as demo/main, or a branch's id".to_owned())
    }
}

/// The branch that a command is about.
#[derive(Clone, Debug, Args)]
pub struct OneBranch {
    /// The branch
    #[arg(value_name = "PROJECT/BRANCH|ID")]
    pub branch: BranchRef,
}

/// A stage by branch and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageName {
    /// Its branch.
    pub branch: BranchName,
    /// The stage's name.
    pub stage: String,
}

impl FromStr for StageName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected PROJECT/BRANCH/STAGE, such as demo/main/tests".to_owned();
        let (branch, stage) = text.rsplit_once('/').ok_or_else(wrong)?;
        if stage.is_empty() {
            return Err(wrong());
        }
        Ok(Self { branch: branch.parse().map_err(|_| wrong())?, stage: stage.to_owned() })
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.branch, self.stage)
    }
}

/// A stage, either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageRef {
    /// By id.
    Id(StageId),
    /// By name.
    Named(StageName),
}

impl FromStr for StageRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('/') {
            return text.parse().map(Self::Named);
        }
        text.parse().map(Self::Id).map_err(|_| "expected PROJECT/BRANCH/STAGE, such as demo/main/tests, or a stage's id".to_owned())
    }
}

/// An agent, by id or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentRef {
    /// By id.
    Id(AgentId),
    /// By name, which several agents may share.
    Named(String),
}

impl FromStr for AgentRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("expected an agent's name or id".to_owned());
        }
        Ok(text.parse().map(Self::Id).unwrap_or_else(|_| Self::Named(text.to_owned())))
    }
}

/// A flow, a run or a job; their ids tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `01j9…`
    Flow(FlowId),
    /// `01j9…-2`
    Run(RunId),
    /// `01j9…-2-13`
    Job(JobId),
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = match text.matches('-').count() {
            0 => text.parse().map(Self::Flow).ok(),
            1 => text.parse().map(Self::Run).ok(),
            _ => text.parse().map(Self::Job).ok(),
        };
        parsed.ok_or_else(|| "expected the id of a job (…-2-13), a run (…-2) or a flow".to_owned())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flow(id) => id.fmt(f),
            Self::Run(id) => id.fmt(f),
            Self::Job(id) => id.fmt(f),
        }
    }
}

/// `name=value`, as in `--arg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Before the first `=`.
    pub name: String,
    /// Everything after it.
    pub value: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self { name: name.to_owned(), value: value.to_owned() }),
            _ => Err("expected NAME=VALUE".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
