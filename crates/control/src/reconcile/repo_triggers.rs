//! Triggers that look into repositories.
//!
//! What a look finds is written down before anything is started for it, under the condition that nobody else has written meanwhile; only
//! then a flow is started, under a key of that finding. So there is one flow for each new commit that was seen, however many look.

use kraken_domain::{Timestamp, trigger::Trigger};
use kraken_store::{Commit, Versioned};

use crate::{Control, again::Attempt};

impl Control {
    /// Looks at the repositories of a trigger, and notes what is there.
    pub(super) async fn look_at_repos(&self, read: &Versioned<Trigger>, due: Timestamp, now: Timestamp) -> Result<(), Attempt> {
        let (heads, trouble) = self.heads_of(read).await;
        if let Some(why) = &trouble {
            tracing::info!(stage.id = %read.stage, why, "a repository cannot be looked at; it is looked at again later");
        }
        let next = read.seen(due, now, &heads, trouble);
        let found = next.found.is_some();
        let mut commit = Commit::new();
        commit.replace(read, &next)?;
        self.store.commit(commit).await?;
        // What was found is read again, as anybody else would, and dealt with.
        if found { Err(Attempt::Again) } else { Ok(()) }
    }
}
