//! What a system that is only half here does not do.
//!
//! Invariant: while an import has not ended nothing is decided on the part that came, and people change nothing: an import that is given up
//! takes all away that is there. No project and no agent is made in the same moment in which an import begins: their commits require it.

use kraken_domain::Timestamp;

use crate::{Control, ControlError};

impl Control {
    /// When the import began that has not ended; `None` if there is none.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed, so for every call here.
    pub async fn importing_since(&self) -> Result<Option<Timestamp>, ControlError> {
        Ok(self.store.importing_since().await?)
    }

    /// Refuses while an import has not ended.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] that says what to do.
    pub async fn must_be_whole(&self) -> Result<(), ControlError> {
        refused_since(self.importing_since().await?)
    }

    /// What a commit is refused with that met an import which began at that moment.
    pub(crate) async fn unfinished_import(&self) -> ControlError {
        match self.must_be_whole().await {
            Err(error) => error,
            Ok(()) => ControlError::Conflict("an import was under way a moment ago: try again".into()),
        }
    }

    /// Whether all of the system is here. While it is being brought, nothing is decided on the part that came: a run would be over before
    /// all of its jobs are here.
    pub(crate) async fn is_whole(&self) -> Result<bool, ControlError> {
        let since = self.importing_since().await?;
        if let Some(since) = since {
            tracing::warn!(%since, "an import was begun and has not ended: what is due waits for it. Import again, or kraken import --abandon");
        }
        Ok(since.is_none())
    }
}

/// Refuses if an import began that has not ended.
///
/// # Errors
/// [`ControlError::Conflict`] that says what to do.
pub fn refused_since(importing_since: Option<Timestamp>) -> Result<(), ControlError> {
    let Some(since) = importing_since else { return Ok(()) };
    let why = format!(
        "an import into this system began at {since} and has not ended: import again (kraken import FILE), or give it up (kraken import --abandon)"
    );
    Err(ControlError::Conflict(why))
}
