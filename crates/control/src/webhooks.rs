//! Webhooks: git hosts tell a project what happened, signed with a key that was made here.
//!
//! Invariants: nothing of a delivery is read or stored before its signature was found right; a key is seen once, when it is made; and a
//! delivery that came is only stored: what follows from it is found out by its reconciler, however often it comes.

mod receive;

pub use receive::{Heard, Letter};

use kraken_cloud::Zeroizing;
use kraken_domain::{ProjectId, Timestamp};
use kraken_githosts::GitHost;
use kraken_store::{Commit, Versioned, Webhook, WebhookKey};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    agents::later,
    setup::Caller,
};

/// Seconds for which the key before is still good when nobody says how long: time enough to set the new one at the git host.
pub const KEEP_S: u32 = 24 * 3600;
/// The longest that a key before may still be good, in seconds.
pub const KEEP_S_MAX: u32 = 30 * 24 * 3600;

impl Control {
    /// Sets up the webhook of a project for a kind of host. Gives it and its key, which is not shown again.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for the project; [`ControlError::Conflict`] when there is one already.
    pub async fn create_webhook(&self, caller: &Caller, project: ProjectId, host: GitHost) -> Result<(Webhook, String), ControlError> {
        // Before a key is sealed for nothing.
        self.project(project).await?;
        let now = self.clock.now();
        let (key, secret) = self.new_key(project, host, now).await?;
        let webhook = Webhook {
            project,
            host: host.slug().to_owned(),
            created_at: now,
            created_by: caller.name().map(str::to_owned),
            keys: vec![key],
        };
        decide!(self.try_create_webhook(&webhook))?;
        Ok((webhook, secret))
    }

    async fn try_create_webhook(&self, webhook: &Webhook) -> Result<(), Attempt> {
        let project = self.project(webhook.project).await?;
        if self.store.webhook(webhook.project, &webhook.host).await?.is_some() {
            let why = format!("the project has a webhook for {} already: rotate its key, or delete it first", webhook.host);
            return Err(ControlError::Conflict(why).into());
        }
        let mut commit = Commit::new();
        // Whoever removes the project meanwhile removes its webhooks as well, and must see this one.
        commit.touch_alone(&project).create(webhook)?;
        Ok(self.store.commit(commit).await?)
    }

    /// Makes another key for a webhook. The one before is good for `keep_s` more seconds.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Invalid`] for too long a time.
    pub async fn rotate_webhook(&self, project: ProjectId, host: GitHost, keep_s: Option<u32>) -> Result<(Webhook, String), ControlError> {
        let keep_s = keep_s.unwrap_or(KEEP_S);
        if keep_s > KEEP_S_MAX {
            let why = format!("the key before cannot be kept for {keep_s} seconds: expected at most {KEEP_S_MAX}");
            return Err(ControlError::invalid("/keep_s", why));
        }
        let now = self.clock.now();
        let (key, secret) = self.new_key(project, host, now).await?;
        let webhook = decide!(self.try_rotate_webhook(project, host, &key, later(now, i64::from(keep_s))))?;
        Ok((webhook, secret))
    }

    async fn try_rotate_webhook(&self, project: ProjectId, host: GitHost, key: &WebhookKey, ends: Timestamp) -> Result<Webhook, Attempt> {
        let read = self.webhook(project, host).await?;
        let before = read.keys.first().filter(|before| before.sealed.is_some());
        let before = before.map(|before| WebhookKey { ends_at: Some(ends), ..before.clone() });
        let next = Webhook { keys: std::iter::once(key.clone()).chain(before).collect(), ..read.value.clone() };
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        self.store.commit(commit).await?;
        Ok(next)
    }

    /// Removes a webhook: what is sent to it from now on is refused.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn delete_webhook(&self, project: ProjectId, host: GitHost) -> Result<(), ControlError> {
        decide!(self.try_delete_webhook(project, host))
    }

    async fn try_delete_webhook(&self, project: ProjectId, host: GitHost) -> Result<(), Attempt> {
        let read = self.webhook(project, host).await?;
        let mut commit = Commit::new();
        commit.delete(&read);
        Ok(self.store.commit(commit).await?)
    }

    /// The webhook of a project for a kind of host.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn webhook(&self, project: ProjectId, host: GitHost) -> Result<Versioned<Webhook>, ControlError> {
        self.store.webhook(project, host.slug()).await?.ok_or_else(|| ControlError::not_found("webhook", format!("for {}", host.slug())))
    }

    async fn new_key(&self, project: ProjectId, host: GitHost, now: Timestamp) -> Result<(WebhookKey, String), ControlError> {
        let (id, secret) = (self.ids.unique(), self.ids.secret("webhook"));
        let sealed = self.sealer.seal(&WebhookKey::place(project, host.slug(), &id), secret.as_bytes()).await?;
        Ok((WebhookKey { id, sealed: Some(sealed), created_at: now, ends_at: None }, secret))
    }

    /// The keys that are good now.
    async fn good_keys(&self, webhook: &Webhook, now: Timestamp) -> Result<Vec<Zeroizing<Vec<u8>>>, ControlError> {
        let mut keys = Vec::new();
        for key in webhook.keys.iter().filter(|key| key.is_good(now)) {
            let Some(sealed) = &key.sealed else { continue };
            match self.sealer.open(&WebhookKey::place(webhook.project, &webhook.host, &key.id), sealed).await {
                Ok(opened) => keys.push(opened),
                Err(error) => match ControlError::from(error) {
                    // The sealing key was replaced, say.
                    ControlError::Damaged(why) => {
                        tracing::warn!(project.id = %webhook.project, host = webhook.host, why, "the key of a webhook cannot be opened: rotate it");
                    }
                    other => return Err(other),
                },
            }
        }
        Ok(keys)
    }
}

/// The kind of host that an address names.
///
/// # Errors
/// [`ControlError::NotFound`] that lists those that there are.
pub fn host_of_slug(slug: &str) -> Result<GitHost, ControlError> {
    let known = || GitHost::ALL.map(GitHost::slug).join(", ");
    GitHost::of_slug(slug).map_err(|_| ControlError::not_found("kind of git host", format!("{slug:?}: expected one of {}", known())))
}
