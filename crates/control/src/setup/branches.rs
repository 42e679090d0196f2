//! Making and removing branches.

use kraken_domain::{
    BranchId, ProjectId,
    record::{Branch, check_name},
};
use kraken_protocol::api::NewBranch;
use kraken_store::{Commit, CommitError, Guard};

use crate::{Control, ControlError, again::unopposed};

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
        let guard = Guard::BranchName { project: project.id, name: branch.name.clone(), branch: branch.id };
        let mut commit = Commit::new();
        commit.require(&project).create(&guard)?.create(&branch)?;
        match self.store.commit(commit).await {
            Ok(()) => Ok(branch),
            Err(CommitError::Refused(_)) => {
                Err(ControlError::Conflict(format!("project {:?} already has a branch {:?}", project.name, branch.name)))
            }
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Removes a branch that has no stages. Its flows can be found by id until retention removes them.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] while it has stages.
    pub async fn delete_branch(&self, id: BranchId) -> Result<(), ControlError> {
        let branch = self.branch(id).await?;
        if let Some(stage) = self.store.stages(id).await?.first() {
            return Err(ControlError::Conflict(format!(
                "branch {:?} still has stage {:?}: delete its stages first",
                branch.name, stage.name
            )));
        }
        let mut commit = Commit::new();
        commit.delete(&branch).forget(&Guard::BranchName { project: branch.project, name: branch.name.clone(), branch: id });
        self.store.commit(commit).await.map_err(unopposed)
    }
}
