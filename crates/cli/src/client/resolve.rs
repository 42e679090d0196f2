//! From names on the command line to ids of the API.

use kraken_domain::{AgentId, BranchId, StageId};
use kraken_protocol::api::{AgentView, BranchView, ProjectView, StageView};

use super::{Client, api};
use crate::{
    failure::{Failure, Outcome},
    names::{AgentRef, BranchName, BranchRef, StageRef},
};

impl Client {
    /// A project by name or id.
    pub async fn project(&self, name: &str) -> Outcome<ProjectView> {
        self.get(&api(&["projects", name])?).await
    }

    /// A branch by project and name.
    pub async fn named_branch(&self, name: &BranchName) -> Outcome<BranchView> {
        self.get(&api(&["projects", &name.project, "branches", &name.branch])?).await
    }

    /// A branch.
    pub async fn branch(&self, branch: &BranchRef) -> Outcome<BranchView> {
        match branch {
            BranchRef::Id(id) => self.get(&api(&["branches", &id.to_string()])?).await,
            BranchRef::Named(name) => self.named_branch(name).await,
        }
    }

    /// A branch's id; asks only if it must.
    pub async fn branch_id(&self, branch: &BranchRef) -> Outcome<BranchId> {
        match branch {
            BranchRef::Id(id) => Ok(*id),
            BranchRef::Named(name) => Ok(self.named_branch(name).await?.id),
        }
    }

    /// The path of something that a branch has: `retention`, `env`.
    pub async fn of_branch(&self, branch: &BranchRef, what: &str) -> Outcome<String> {
        api(&["branches", &self.branch_id(branch).await?.to_string(), what])
    }

    /// A stage's id; asks only if it must.
    pub async fn stage_id(&self, stage: &StageRef) -> Outcome<StageId> {
        let name = match stage {
            StageRef::Id(id) => return Ok(*id),
            StageRef::Named(name) => name,
        };
        let branch = self.named_branch(&name.branch).await?;
        let stages: Vec<StageView> = self.list_all(&api(&["branches", &branch.id.to_string(), "stages"])?).await?;
        let found = stages.iter().find(|stage| stage.name == name.stage);
        found.map(|stage| stage.id).ok_or_else(|| {
            Failure::NotFound(format!(
                "no stage {:?} in branch {}; `kraken stage list {}` shows what there is",
                name.stage, name.branch, name.branch
            ))
        })
    }

    /// An agent's id. Names need not be unique: which of several is meant, the user must say.
    pub async fn agent_id(&self, agent: &AgentRef) -> Outcome<AgentId> {
        let name = match agent {
            AgentRef::Id(id) => return Ok(*id),
            AgentRef::Named(name) => name,
        };
        let agents: Vec<AgentView> = self.list_all("/api/agents").await?;
        let mut found = agents.iter().filter(|agent| agent.name == *name && agent.state != "deleted");
        match (found.next(), found.next()) {
            (Some(agent), None) => Ok(agent.id),
            (None, _) => Err(Failure::NotFound(format!("no agent {name:?}; `kraken agent list` shows what there is"))),
            (Some(_), Some(_)) => {
                Err(Failure::Usage(format!("several agents are called {name:?}; use the id that `kraken agent list` shows")))
            }
        }
    }
}
