//! Projects, branches, stages.

use kraken_domain::{
    BranchId, ProjectId, StageId,
    audit::Made,
    record::{Branch, Project, Stage},
};

use crate::{Cursor, Entity, Indexes, Key, Paged, Store, StoreError, Versioned, keys, read::Order};

impl Entity for Project {
    const KIND: &'static str = "a project";

    fn key(&self) -> Key {
        keys::project(self.id)
    }

    fn made(&self) -> Option<Made> {
        Some(Made::new("project", self.id))
    }

    fn indexes(&self) -> Indexes {
        Indexes { list: Some((keys::PROJECTS.to_owned(), self.name.clone())), ..Indexes::default() }
    }
}

impl Entity for Branch {
    const KIND: &'static str = "a branch";

    fn key(&self) -> Key {
        keys::branch(self.id)
    }

    fn made(&self) -> Option<Made> {
        Some(Made::new("branch", self.id))
    }

    fn indexes(&self) -> Indexes {
        Indexes { list: Some((keys::branches_of(self.project), self.name.clone())), ..Indexes::default() }
    }
}

impl Entity for Stage {
    const KIND: &'static str = "a stage";

    fn key(&self) -> Key {
        keys::stage(self.branch, self.id)
    }

    fn made(&self) -> Option<Made> {
        Some(Made::new("stage", self.id))
    }
}

impl Store {
    /// A project.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn project(&self, id: ProjectId) -> Result<Option<Versioned<Project>>, StoreError> {
        self.record(&keys::project(id)).await
    }

    /// All projects by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn projects(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Project>>, StoreError> {
        self.listed(keys::PROJECTS, Order::Ascending, limit, after).await
    }

    /// A branch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn branch(&self, id: BranchId) -> Result<Option<Versioned<Branch>>, StoreError> {
        self.record(&keys::branch(id)).await
    }

    /// The branches of a project by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn branches(&self, project: ProjectId, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Branch>>, StoreError> {
        self.listed(&keys::branches_of(project), Order::Ascending, limit, after).await
    }

    /// A stage of a branch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stage(&self, branch: BranchId, id: StageId) -> Result<Option<Versioned<Stage>>, StoreError> {
        self.record(&keys::stage(branch, id)).await
    }

    /// All stages of a branch in order of creation. A branch has dozens at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stages(&self, branch: BranchId) -> Result<Vec<Versioned<Stage>>, StoreError> {
        self.whole(keys::stages_of(branch)).await
    }
}
