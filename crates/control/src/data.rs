//! User data: read, changed, shown to stages.
//!
//! Invariant: no change is lost. Each is decided on the document that was read and written on the condition that it is still that one;
//! whoever meets somebody else reads and decides again. A change that is called something is done once, however often it comes.

use std::time::Duration;

use kraken_domain::{
    BranchId,
    data::{DataChange, DataDocument, DataOwner, InvalidData, empty},
};
use kraken_store::{Commit, Versioned, data_of_branch, secret_hash};
use serde_json::Value;

use crate::{Control, ControlError, again::Attempt};

/// How often a change is decided: jobs that end together write together.
const DECISIONS: u32 = 12;
/// Longer nobody steps aside for others.
const STEP_ASIDE_MAX_MS: u64 = 200;
/// Characters of a name under which a change may come again.
const ONCE_MAX: usize = 200;

/// A document as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRead {
    /// The document: an object.
    pub value: Value,
    /// Goes up with every change; 0: nobody has written it.
    pub version: u64,
}

/// On which terms a document is changed.
#[derive(Clone, Debug, Default)]
pub struct DataTerms {
    /// Only if it is of this version; 0: only if nobody has written it.
    pub over: Option<u64>,
    /// What the change is called: one that comes again within 15 minutes, or 300 other changes, is done once.
    pub once: Option<Named>,
}

/// What a caller calls a change. Another caller may use the same word for something else, and so may the same one by mistake: it is the same
/// change only if all of it is the same.
#[derive(Clone, Debug)]
pub struct Named {
    /// Who: the id of a token or of an agent.
    pub by: String,
    /// The caller's own word.
    pub key: String,
}

impl Control {
    /// A document; an empty one as long as nobody has written it. Whether its owner is there is for the caller to see.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn data(&self, owner: DataOwner) -> Result<DataRead, ControlError> {
        Ok(shown(self.store.data(owner).await?))
    }

    /// Changes a document; gives it as it is then.
    ///
    /// # Errors
    /// [`ControlError::Moved`] when it is not of the version that the terms name; [`ControlError::Invalid`], [`ControlError::TooLarge`] and,
    /// for a test of a patch that fails, [`ControlError::Conflict`]; [`ControlError::NotFound`] for an owner that is not there.
    pub async fn change_data(&self, owner: DataOwner, change: &DataChange, terms: &DataTerms) -> Result<DataRead, ControlError> {
        if terms.once.as_ref().is_some_and(|once| once.key.is_empty() || once.key.len() > ONCE_MAX) {
            return Err(ControlError::invalid("/headers/idempotency-key", format!("expected 1 to {ONCE_MAX} characters")));
        }
        let once = terms.once.as_ref().map(|once| name_of(once, change));
        let mut tries = 0;
        loop {
            match self.try_change_data(owner, change, terms.over, once.as_deref()).await {
                Ok(read) => return Ok(read),
                Err(Attempt::Failed(error)) => return Err(error),
                Err(Attempt::Refused(_) | Attempt::Again) => {}
            }
            tries += 1;
            if tries == DECISIONS {
                return Err(ControlError::Unavailable("too many change these data at the same moment: try again".to_owned()));
            }
            let most = (4 << tries).min(STEP_ASIDE_MAX_MS);
            tokio::time::sleep(Duration::from_millis(crate::ids::chance() % most)).await;
        }
    }

    async fn try_change_data(
        &self,
        owner: DataOwner,
        change: &DataChange,
        over: Option<u64>,
        once: Option<&str>,
    ) -> Result<DataRead, Attempt> {
        let read = self.store.data(owner).await?;
        let now = self.clock.now();
        let (document, version) = match &read {
            Some(read) => (read.value.clone(), read.version),
            None => (DataDocument::new(owner, now), 0),
        };
        // Before anything else: what was done already was done over the version before.
        if once.is_some_and(|once| document.has_done(once)) {
            return Ok(shown(read));
        }
        if over.is_some_and(|over| over != version) {
            return Err(
                ControlError::Moved(format!("these data are of version {version} by now: read them again, then change them")).into()
            );
        }
        let Some(next) = document.changed(change, once, now)? else { return Ok(shown(read)) };
        let mut commit = Commit::new();
        match &read {
            Some(read) => _ = commit.replace(read, &next)?,
            None => {
                self.touch_owner(&mut commit, owner).await?;
                commit.create(&next)?;
            }
        }
        self.store.commit(commit).await?;
        Ok(DataRead { value: next.value, version: version + 1 })
    }

    /// Whoever removes the owner meanwhile removes its data as well, and must see the first of them.
    async fn touch_owner(&self, commit: &mut Commit, owner: DataOwner) -> Result<(), ControlError> {
        match owner {
            // What removes a flow marks it first: over the flow as it was before that, nothing is made any more.
            DataOwner::Flow(flow) => _ = commit.require(&self.flow(flow).await?),
            DataOwner::Branch(branch) | DataOwner::BranchCi(branch) | DataOwner::BranchDev(branch) => {
                _ = commit.touch(&self.branch(branch).await?);
            }
            DataOwner::Project(project) => _ = commit.touch(&self.project(project).await?),
        }
        Ok(())
    }

    /// Adds the removal of a branch's data to the commit that removes the branch, which must have been read before.
    pub(crate) async fn forget_data_of_branch(&self, commit: &mut Commit, branch: BranchId) -> Result<(), ControlError> {
        self.forget_data(commit, &data_of_branch(branch)).await
    }

    /// Adds the removal of these documents to the commit that removes their owner, which must have been read before.
    pub(crate) async fn forget_data(&self, commit: &mut Commit, owners: &[DataOwner]) -> Result<(), ControlError> {
        for read in self.store.data_of(owners).await?.into_iter().flatten() {
            commit.delete(&read);
        }
        Ok(())
    }
}

fn shown(read: Option<Versioned<DataDocument>>) -> DataRead {
    match read {
        Some(read) => DataRead { version: read.version, value: read.value.value },
        None => DataRead { value: empty(), version: 0 },
    }
}

/// Names are as long as callers like: as much of their hash is kept as tells them apart.
fn name_of(once: &Named, change: &DataChange) -> String {
    let mut hash = secret_hash(&Value::from(vec![once.by.as_str(), once.key.as_str(), &change.fingerprint()]).to_string());
    hash.truncate(32);
    hash
}

/// Data that cannot be, or cannot become what was asked, as whoever asked must deal with it.
impl From<InvalidData> for ControlError {
    fn from(error: InvalidData) -> Self {
        let path = match &error {
            InvalidData::TooLarge => return Self::TooLarge(error.to_string()),
            InvalidData::TestFailed { .. } => return Self::Conflict(error.to_string()),
            InvalidData::Scope(_) => "/scope".to_owned(),
            InvalidData::Pointer { .. } => "/pointer".to_owned(),
            InvalidData::Operation { index, .. } => format!("/{index}"),
            InvalidData::NotAnObject(_) | InvalidData::TooDeep | InvalidData::NoPlace { .. } | InvalidData::NotAPatch(_) => String::new(),
        };
        Self::invalid(path, error.to_string())
    }
}
