//! Making and removing projects.

use kraken_domain::{
    ProjectId,
    record::{Project, check_name},
};
use kraken_protocol::api::NewProject;
use kraken_store::{Commit, CommitError, Guard};

use crate::{Control, ControlError, again::unopposed};

impl Control {
    /// Makes a project.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a bad name, [`ControlError::Conflict`] when there is one of that name.
    pub async fn create_project(&self, new: NewProject) -> Result<Project, ControlError> {
        check_name(&new.name).map_err(|error| ControlError::name("/name", error))?;
        let now = self.clock.now();
        let project = Project { id: self.ids.project(now), name: new.name, description: new.description, created_at: now };
        let guard = Guard::ProjectName { name: project.name.clone(), project: project.id };
        let mut commit = Commit::new();
        commit.create(&guard)?.create(&project)?;
        match self.store.commit(commit).await {
            Ok(()) => Ok(project),
            Err(CommitError::Refused(_)) => Err(ControlError::Conflict(format!("there is already a project {:?}", project.name))),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Removes a project that has no branches.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] while it has branches.
    pub async fn delete_project(&self, id: ProjectId) -> Result<(), ControlError> {
        let project = self.project(id).await?;
        if let Some(branch) = self.store.branches(id, 1, None).await?.items.first() {
            return Err(ControlError::Conflict(format!(
                "project {:?} still has branch {:?}: delete its branches first",
                project.name, branch.name
            )));
        }
        let mut commit = Commit::new();
        commit.delete(&project).forget(&Guard::ProjectName { name: project.name.clone(), project: id });
        self.store.commit(commit).await.map_err(unopposed)
    }
}
