//! Who did what, for administrators.

use kraken_domain::{ProjectId, Timestamp, access::Role, audit::AuditEntry};
use kraken_store::{Cursor, Paged};

use crate::{Control, ControlError, setup::Caller};

/// Which entries of the audit log are wanted; what is `None` excludes nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Of calls that the roles of this project allowed.
    pub project: Option<ProjectId>,
    /// Made with the token of this id or name.
    pub actor: Option<String>,
    /// Made then or later.
    pub since: Option<Timestamp>,
    /// Made before then.
    pub until: Option<Timestamp>,
}

impl AuditQuery {
    fn wants(&self, entry: &AuditEntry) -> bool {
        let by = |actor: &String| entry.name == *actor || entry.token.to_string() == *actor;
        self.project.is_none_or(|project| entry.project == Some(project)) && self.actor.as_ref().is_none_or(by)
    }
}

impl Control {
    /// A page of the audit log, newest first, for administrators of what is asked for.
    ///
    /// # Errors
    /// [`ControlError::Forbidden`]; [`ControlError::Invalid`] for times that hold nothing.
    pub async fn audit(
        &self,
        caller: &Caller,
        query: AuditQuery,
        limit: usize,
        after: Option<&Cursor>,
    ) -> Result<Paged<AuditEntry>, ControlError> {
        caller.require(query.project, Role::Admin)?;
        let (since, until) = (query.since.unwrap_or(Timestamp::UNIX_EPOCH), query.until.unwrap_or(Timestamp::MAX));
        if since >= until {
            return Err(ControlError::invalid("/query/until", format!("{until} is not after {since}, the time that it begins with")));
        }
        Ok(self.store.audit((since, until), |entry| query.wants(entry), limit, after).await?)
    }
}
