//! Making and removing branches.

use kraken_domain::{
    BranchId, ProjectId, StageId,
    record::{Branch, check_name},
    retention::{BranchRetention, Sweep},
    secret::SecretOwner,
};
use kraken_protocol::api::{BranchChange, NewBranch};
use kraken_store::{Commit, Entity, Guard};

use super::{triggers, variables};
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
        check_names(Some(&new.name), new.branch_name.as_deref())?;
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
            archived_at: None,
            public: false,
            retention: BranchRetention::NEW,
        };
        decide!(self.try_create_branch(&branch))?;
        Ok(branch)
    }

    async fn try_create_branch(&self, branch: &Branch) -> Result<(), Attempt> {
        let project = self.project(branch.project).await?;
        let guard = Guard::BranchName { project: project.id, name: branch.name.clone(), branch: branch.id };
        let mut commit = Commit::new();
        commit.touch(&project).create(&guard)?.create(branch)?.create(&Sweep::first(branch.id, self.clock.now()))?;
        match self.store.commit(commit).await {
            Err(error) if error.refused(&guard.key()) => Err(name_taken(&project.name, &branch.name).into()),
            other => Ok(other?),
        }
    }

    /// Renames a branch, puts it away or brings it back, opens its badges to everyone or closes them.
    ///
    /// Whoever repeats a call that broke off finishes it: what the clock starts follows the branch.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Invalid`] for a bad name; [`ControlError::Conflict`] when another branch of the project
    /// has that name.
    pub async fn change_branch(&self, id: BranchId, change: BranchChange) -> Result<Branch, ControlError> {
        check_names(change.name.as_deref(), change.branch_name.as_deref())?;
        let branch = decide!(self.try_change_branch(id, &change))?;
        if change.archived.is_some() {
            for stage in self.store.stages(id).await? {
                decide!(self.fit_triggers(id, stage.id))?;
            }
        }
        Ok(branch)
    }

    async fn try_change_branch(&self, id: BranchId, change: &BranchChange) -> Result<Branch, Attempt> {
        let read = self.branch(id).await?;
        let mut next = read.value.clone();
        next.name = change.name.clone().unwrap_or(next.name);
        next.branch_name = change.branch_name.clone().unwrap_or(next.branch_name);
        next.public = change.public.unwrap_or(next.public);
        next.archived_at = match change.archived {
            Some(true) => next.archived_at.or_else(|| Some(self.clock.now())),
            Some(false) => None,
            None => next.archived_at,
        };
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        let guard = Guard::BranchName { project: next.project, name: next.name.clone(), branch: id };
        if next.name != read.name {
            commit.create(&guard)?.forget(&Guard::BranchName { project: read.project, name: read.name.clone(), branch: id });
        }
        match self.store.commit(commit).await {
            Err(error) if error.refused(&guard.key()) => Err(name_taken(&self.project(next.project).await?.name, &next.name).into()),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(next),
        }
    }

    /// Gives a stage the triggers that it has in a branch that is in use, or takes them from it in one that was put away.
    async fn fit_triggers(&self, branch: BranchId, stage: StageId) -> Result<(), Attempt> {
        let branch = self.branch(branch).await?;
        let Some(read) = self.store.stage(branch.id, stage).await? else { return Ok(()) };
        let has = self.store.triggers(stage).await?;
        let mut commit = Commit::new();
        // Whoever changes one of them meanwhile decides anew.
        commit.require(&read).require(&branch);
        let writes = commit.len();
        if branch.archived_at.is_some() {
            triggers::remove(&mut commit, &has);
        } else {
            triggers::keep(&mut commit, &read, &has, self.clock.now())?;
        }
        if commit.len() == writes {
            return Ok(());
        }
        Ok(self.store.commit(commit).await?)
    }

    /// Removes a branch that has no stages. Its flows can be found by id until retention removes them, which begins an hour later.
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
        self.forget_data_of_branch(&mut commit, id).await?;
        commit.overwrite(&Sweep::of_gone(id, self.clock.now()))?;
        Ok(self.store.commit(commit).await?)
    }
}

/// Checks those of a branch's names that are given.
pub(super) fn check_names(name: Option<&str>, branch_name: Option<&str>) -> Result<(), ControlError> {
    for (path, name) in [("/name", name), ("/branch_name", branch_name)] {
        name.map_or(Ok(()), check_name).map_err(|error| ControlError::name(path, error))?;
    }
    Ok(())
}

pub(super) fn name_taken(project: &str, branch: &str) -> ControlError {
    ControlError::Conflict(format!("project {project:?} already has a branch {branch:?}"))
}

/// Refuses what would start something in a branch that was put away.
///
/// # Errors
/// [`ControlError::Conflict`].
pub(crate) fn in_use(branch: &Branch) -> Result<(), ControlError> {
    match branch.archived_at {
        None => Ok(()),
        Some(_) => {
            Err(ControlError::Conflict(format!("branch {:?} was archived: bring it back before anything starts in it", branch.name)))
        }
    }
}
