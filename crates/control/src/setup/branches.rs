//! Making and removing branches.

use kraken_domain::{
    BranchId, ProjectId,
    record::{Branch, check_name},
    secret::SecretOwner,
};
use kraken_protocol::api::NewBranch;
use kraken_store::{Commit, Entity, Guard};

use super::variables;
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Makes a branch.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for the project, [`ControlError::Invalid`] for a bad name, [`ControlError::Conflict`] when
    /// the project has one of that name.
    pub async fn create_branch(&self, project: ProjectId, new: NewBranch) -> Result<Branch, ControlError> {
        check_name(&new.name).map_err(|error| ControlError::name("/name", error))?;
        if let Some(name) = &new.branch_name {
            check_name(name).map_err(|error| ControlError::name("/branch_name", error))?;
        }
        variables::check(&new.env_vars)?;
        let project = self.project(project).await?;
        let now = self.clock.now();
        let branch = Branch {
            id: self.ids.branch(now),
            project: project.id,
            branch_name: new.branch_name.unwrap_or_else(|| new.name.clone()),
            name: new.name,
            created_at: now,
            env_vars: new.env_vars,
        };
        decide!(self.try_create_branch(&branch))?;
        Ok(branch)
    }

    async fn try_create_branch(&self, branch: &Branch) -> Result<(), Attempt> {
        let project = self.project(branch.project).await?;
        let guard = Guard::BranchName { project: project.id, name: branch.name.clone(), branch: branch.id };
        let mut commit = Commit::new();
        commit.touch(&project).create(&guard)?.create(branch)?;
        match self.store.commit(commit).await {
            Err(error) if error.refused(&guard.key()) => {
                Err(ControlError::Conflict(format!("project {:?} already has a branch {:?}", project.name, branch.name)).into())
            }
            other => Ok(other?),
        }
    }

    /// Removes a branch that has no stages. Its flows can be found by id until retention removes them.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] while it has stages.
    pub async fn delete_branch(&self, id: BranchId) -> Result<(), ControlError> {
        decide!(self.try_delete_branch(id))
    }

    async fn try_delete_branch(&self, id: BranchId) -> Result<(), Attempt> {
        let branch = self.branch(id).await?;
        // After the branch, never before: a stage made in between changes the branch, and the commit is refused.
        if let Some(stage) = self.store.stages(id).await?.first() {
            let why = format!("branch {:?} still has stage {:?}: delete its stages first", branch.name, stage.name);
            return Err(ControlError::Conflict(why).into());
        }
        let mut commit = Commit::new();
        commit.delete(&branch).forget(&Guard::BranchName { project: branch.project, name: branch.name.clone(), branch: id });
        self.forget_secrets(&mut commit, SecretOwner::Branch(id)).await?;
        Ok(self.store.commit(commit).await?)
    }
}
