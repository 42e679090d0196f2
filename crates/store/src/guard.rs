//! Items that exist so that something exists only once: unique names, repeated calls.

use kraken_domain::{BranchId, FlowId, ProjectId, StageId, Timestamp, record::Stage};
use serde::{Deserialize, Serialize};

use crate::{Entity, Indexes, Key, Store, StoreError, Versioned, keys, read::Order};

/// A claim to a name, and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "guard", rename_all = "snake_case")]
pub enum Guard {
    /// The name of a project, unique in the system.
    ProjectName {
        /// The name.
        name: String,
        /// Whose it is.
        project: ProjectId,
    },
    /// The name of a branch, unique in its project.
    BranchName {
        /// Where.
        project: ProjectId,
        /// The name.
        name: String,
        /// Whose it is.
        branch: BranchId,
    },
    /// The name of a stage, unique in its branch.
    StageName {
        /// Where.
        branch: BranchId,
        /// The name.
        name: String,
        /// Whose it is.
        stage: StageId,
    },
    /// Where a stage is: its branch.
    StagePlace {
        /// Which.
        stage: StageId,
        /// Where it is.
        branch: BranchId,
    },
    /// An import that began and has not ended. See [`Guard::NO_IMPORT`].
    Importing {
        /// When it began.
        since: Timestamp,
    },
    /// A call that may be repeated, and the flow it made.
    Once {
        /// The branch whose flow was started.
        branch: BranchId,
        /// SHA-256 of the caller's key.
        hash: String,
        /// The flow that the first call made.
        flow: FlowId,
        /// SHA-256 of what the first call asked for, where another call with the same key may ask for something else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<String>,
        /// When it may be forgotten.
        expires: Timestamp,
    },
}

impl Guard {
    /// Stands for any import in what must not be there.
    pub const NO_IMPORT: Self = Self::Importing { since: Timestamp::UNIX_EPOCH };

    /// What goes with a stage that is where it is, under its name: its name, and its place.
    pub fn of_stage(stage: &Stage) -> [Self; 2] {
        [
            Self::StageName { branch: stage.branch, name: stage.name.clone(), stage: stage.id },
            Self::StagePlace { stage: stage.id, branch: stage.branch },
        ]
    }

    /// When the import began, if it stands for one.
    pub(crate) fn importing_since(&self) -> Option<Timestamp> {
        match self {
            Self::Importing { since } => Some(*since),
            _ => None,
        }
    }
}

impl Entity for Guard {
    const KIND: &'static str = "a guard";

    fn key(&self) -> Key {
        match self {
            Self::ProjectName { name, .. } => keys::project_name(name),
            Self::BranchName { project, name, .. } => keys::branch_name(*project, name),
            Self::StageName { branch, name, .. } => keys::stage_name(*branch, name),
            Self::StagePlace { stage, .. } => keys::stage_place(*stage),
            Self::Importing { .. } => keys::importing(),
            Self::Once { branch, hash, .. } => keys::once(*branch, hash),
        }
    }

    fn indexes(&self) -> Indexes {
        match self {
            Self::Once { expires, .. } => Indexes { expires: Some(*expires), ..Indexes::default() },
            _ => Indexes::default(),
        }
    }
}

impl Store {
    /// The project of that name.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn project_named(&self, name: &str) -> Result<Option<ProjectId>, StoreError> {
        Ok(match self.guard(&keys::project_name(name)).await? {
            Some(Guard::ProjectName { project, .. }) => Some(project),
            _ => None,
        })
    }

    /// The branch of that name in `project`.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn branch_named(&self, project: ProjectId, name: &str) -> Result<Option<BranchId>, StoreError> {
        Ok(match self.guard(&keys::branch_name(project, name)).await? {
            Some(Guard::BranchName { branch, .. }) => Some(branch),
            _ => None,
        })
    }

    /// The branches of `project`, read from the table itself: none that was made before this call is missed.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn branch_ids(&self, project: ProjectId) -> Result<Vec<BranchId>, StoreError> {
        let names = self.whole::<Guard>(keys::branch_names(project)).await?;
        Ok(names
            .into_iter()
            .filter_map(|guard| match guard.value {
                Guard::BranchName { branch, .. } => Some(branch),
                _ => None,
            })
            .collect())
    }

    /// The name of any branch of `project`, read from the table itself: no branch that was made before this call is missed.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn a_branch_name(&self, project: ProjectId) -> Result<Option<String>, StoreError> {
        let page = self.beginning::<Guard>(keys::branch_names(project), Order::Ascending, 1, None).await?;
        Ok(page.items.into_iter().find_map(|guard| match guard.value {
            Guard::BranchName { name, .. } => Some(name),
            _ => None,
        }))
    }

    /// The branch that the stage is in.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn branch_of_stage(&self, stage: StageId) -> Result<Option<BranchId>, StoreError> {
        Ok(match self.guard(&keys::stage_place(stage)).await? {
            Some(Guard::StagePlace { branch, .. }) => Some(branch),
            _ => None,
        })
    }

    /// The flow that an earlier call with the same key made in `branch`, and the hash of what that call asked for, if it is known.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn flow_made_once(&self, branch: BranchId, hash: &str) -> Result<Option<(FlowId, Option<String>)>, StoreError> {
        Ok(match self.guard(&keys::once(branch, hash)).await? {
            Some(Guard::Once { flow, asked, .. }) => Some((flow, asked)),
            _ => None,
        })
    }

    /// Whether an import began and has not ended.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn is_importing(&self) -> Result<bool, StoreError> {
        Ok(self.importing_since().await?.is_some())
    }

    /// When the import began that has not ended; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn importing_since(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.guard(&keys::importing()).await?.and_then(|guard| guard.importing_since()))
    }

    async fn guard(&self, key: &Key) -> Result<Option<Guard>, StoreError> {
        Ok(self.record::<Guard>(key).await?.map(|Versioned { value, .. }| value))
    }
}
