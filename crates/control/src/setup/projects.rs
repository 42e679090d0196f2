//! Making and removing projects.

use kraken_domain::{
    ProjectId,
    data::DataOwner,
    record::{Project, check_name},
    secret::SecretOwner,
};
use kraken_protocol::api::NewProject;
use kraken_store::{Commit, CommitError, Entity, Guard};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

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
        commit.create(&guard)?.create(&project)?.require_absent(&Guard::NO_IMPORT);
        match self.store.commit(commit).await {
            Ok(()) => Ok(project),
            Err(refused) if refused.refused(&Guard::NO_IMPORT.key()) => Err(self.unfinished_import().await),
            Err(CommitError::Refused(_)) => Err(ControlError::Conflict(format!("there is already a project {:?}", project.name))),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Removes a project that has no branches.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] while it has branches.
    pub async fn delete_project(&self, id: ProjectId) -> Result<(), ControlError> {
        decide!(self.try_delete_project(id))
    }

    async fn try_delete_project(&self, id: ProjectId) -> Result<(), Attempt> {
        let project = self.project(id).await?;
        // After the project, never before: a branch made in between changes the project, and the commit is refused.
        if let Some(branch) = self.store.a_branch_name(id).await? {
            let why = format!("project {:?} still has branch {branch:?}: delete its branches first", project.name);
            return Err(ControlError::Conflict(why).into());
        }
        let mut commit = Commit::new();
        commit.delete(&project).forget(&Guard::ProjectName { name: project.name.clone(), project: id });
        self.forget_secrets(&mut commit, SecretOwner::Project(id)).await?;
        self.forget_data(&mut commit, &[DataOwner::Project(id)]).await?;
        // At most one of each kind of host. What they delivered is forgotten by itself.
        for webhook in self.store.webhooks(id).await? {
            commit.delete(&webhook);
        }
        Ok(self.store.commit(commit).await?)
    }
}
