//! What people set up: projects, branches, stages, tokens.

mod branches;
mod fork;
mod moving;
mod older;
mod parameters;
mod projects;
mod retention;
mod secrets;
mod sequences;
mod sign_in;
mod stage_check;
mod stage_source;
mod stages;
pub(crate) mod system;
mod tokens;
mod triggers;
mod variables;

pub(crate) use branches::in_use;
pub(crate) use retention::shown_to_stages;
pub use stage_source::Refreshed;
pub use tokens::Caller;

use kraken_domain::{
    BranchId, ProjectId, StageId,
    record::{Branch, Project, Stage},
};
use kraken_store::Versioned;

use crate::{Control, ControlError};

impl Control {
    /// A project by id.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn project(&self, id: ProjectId) -> Result<Versioned<Project>, ControlError> {
        self.store.project(id).await?.ok_or_else(|| ControlError::not_found("project", id))
    }

    /// A project by id or name.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn find_project(&self, id_or_name: &str) -> Result<Versioned<Project>, ControlError> {
        if let Ok(id) = id_or_name.parse()
            && let Some(project) = self.store.project(id).await?
        {
            return Ok(project);
        }
        match self.store.project_named(id_or_name).await? {
            Some(id) => self.project(id).await,
            None => Err(ControlError::not_found("project", format!("{id_or_name:?}"))),
        }
    }

    /// A branch.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn branch(&self, id: BranchId) -> Result<Versioned<Branch>, ControlError> {
        self.store.branch(id).await?.ok_or_else(|| ControlError::not_found("branch", id))
    }

    /// A stage.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn stage(&self, id: StageId) -> Result<Versioned<Stage>, ControlError> {
        let not_found = || ControlError::not_found("stage", id);
        let branch = self.store.branch_of_stage(id).await?.ok_or_else(not_found)?;
        self.store.stage(branch, id).await?.ok_or_else(not_found)
    }
}
