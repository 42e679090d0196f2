//! Taking in what another system exported.

use kraken_protocol::api::{ImportFinished, ObjectsToStore, PartsStored, PartsToStore, StoreAt, UploadBegun};
use kraken_store::{Cursor, StoreError};
use serde_json::Value;

use super::URLS_FOR;
use crate::{Control, ControlError, agents, spec};

/// URLs that one call makes.
const URLS_PER_CALL: usize = 100;
/// Parts of one object; a limit of S3.
const PARTS_MAX: u32 = 10_000;
/// The longest key; a limit of S3.
const KEY_BYTES_MAX: usize = 1024;
/// Agents whose queues one call makes.
const AGENTS_PER_CALL: u32 = 50;

impl Control {
    /// Begins an import.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] unless the system is new, or an import into it was begun and has not ended.
    pub async fn begin_import(&self) -> Result<(), ControlError> {
        if !self.store.is_importing().await? && !self.store.is_new().await? {
            let why = "an import needs a new system: this one has projects or agents. Start one with an empty data directory and without an agent (kraken up --no-agent)";
            return Err(ControlError::Conflict(why.into()));
        }
        self.store.begin_import(self.clock.now()).await?;
        Ok(())
    }

    /// Takes in records.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] when no import was begun, so for every call here; [`ControlError::Invalid`] for what is no record.
    pub async fn import_records(&self, items: &[Value]) -> Result<(), ControlError> {
        self.must_be_importing().await?;
        match self.store.import(items, self.clock.now()).await {
            Err(error @ StoreError::Unreadable { .. }) => Err(ControlError::invalid("/items", error.to_string())),
            done => Ok(done?),
        }
    }

    /// Says where objects can be stored.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for keys that no export has.
    pub async fn import_objects(&self, asked: &ObjectsToStore) -> Result<StoreAt, ControlError> {
        self.must_be_importing().await?;
        count("/keys", asked.keys.len())?;
        let mut urls = Vec::with_capacity(asked.keys.len());
        for key in &asked.keys {
            known("/keys", key)?;
            urls.push(self.objects.presigned_put(key, URLS_FOR).await?);
        }
        Ok(StoreAt { urls })
    }

    /// Begins an object that comes in parts.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a key that no export has.
    pub async fn import_in_parts(&self, key: &str) -> Result<UploadBegun, ControlError> {
        self.must_be_importing().await?;
        known("/key", key)?;
        let mark = self.ids.unique();
        let upload = self.objects.begin_parts(key, &mark).await?;
        Ok(UploadBegun { upload: Upload { mark: &mark, upload: &upload }.to_string() })
    }

    /// Says where parts can be stored.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for too many parts, or numbers that parts cannot have.
    pub async fn import_parts(&self, asked: &PartsToStore) -> Result<StoreAt, ControlError> {
        self.must_be_importing().await?;
        known("/key", &asked.key)?;
        count("/count", asked.count as usize)?;
        let numbers = asked.first..asked.first.saturating_add(asked.count);
        if asked.first == 0 || numbers.end > PARTS_MAX + 1 {
            let why = format!("parts {} to {}: expected 1 to {PARTS_MAX}", numbers.start, numbers.end - 1);
            return Err(ControlError::invalid("/first", why));
        }
        let upload = Upload::parse(&asked.upload)?.upload;
        let mut urls = Vec::with_capacity(numbers.len());
        for number in numbers {
            let number = i32::try_from(number).unwrap_or(i32::MAX);
            urls.push(self.objects.presigned_part(&asked.key, upload, number, URLS_FOR).await?);
        }
        Ok(StoreAt { urls })
    }

    /// Completes an object that came in parts. It may be called again.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] when there is no such upload, or its parts are others.
    pub async fn import_whole(&self, stored: &PartsStored) -> Result<(), ControlError> {
        self.must_be_importing().await?;
        known("/key", &stored.key)?;
        let Upload { mark, upload } = Upload::parse(&stored.upload)?;
        // The upload is gone when it was completed already: then the object bears its mark. Any other object of that key does not.
        if self.objects.complete_parts(&stored.key, upload, &stored.etags).await? || self.objects.is_of_parts(&stored.key, mark).await? {
            return Ok(());
        }
        let why = format!("the parts of {} that the store has are not those that were named: store the object anew", stored.key);
        Err(ControlError::Conflict(why))
    }

    /// Makes the queues of agents that came, some at a time, and at last takes the mark of the import away. Nothing happens when that is
    /// done already.
    ///
    /// # Errors
    /// [`ControlError`] when something that is needed failed: call again.
    pub async fn finish_import(&self, after: Option<&Cursor>) -> Result<ImportFinished, ControlError> {
        if !self.store.is_importing().await? {
            return Ok(ImportFinished::default());
        }
        let page = self.store.agents(AGENTS_PER_CALL, after).await?;
        for agent in page.items {
            self.queues.create_agent_queue(agent.id).await?;
        }
        if page.next.is_none() {
            self.store.end_import().await?;
        }
        Ok(ImportFinished { next: page.next.map(|cursor| cursor.to_string()) })
    }

    pub(super) async fn must_be_importing(&self) -> Result<(), ControlError> {
        if self.store.is_importing().await? {
            return Ok(());
        }
        Err(ControlError::Conflict("no import was begun here: begin with POST /api/import".into()))
    }
}

/// An upload as callers know it: the store's own id, and the mark that the object will bear.
struct Upload<'u> {
    mark: &'u str,
    upload: &'u str,
}

impl<'u> Upload<'u> {
    fn parse(text: &'u str) -> Result<Self, ControlError> {
        let (mark, upload) = text
            .split_once('.')
            .ok_or_else(|| ControlError::invalid("/upload", "this is no upload: expected one that POST /api/import/uploads answered"))?;
        Ok(Self { mark, upload })
    }
}

impl std::fmt::Display for Upload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.mark, self.upload)
    }
}

fn count(field: &str, count: usize) -> Result<(), ControlError> {
    if (1..=URLS_PER_CALL).contains(&count) {
        return Ok(());
    }
    Err(ControlError::invalid(field, format!("{count} at once: expected 1 to {URLS_PER_CALL}")))
}

/// Objects are where this version keeps them, or it would never find them again.
fn known(field: &str, key: &str) -> Result<(), ControlError> {
    let kept = [spec::CODE, spec::SPECS, agents::AGENTS_PREFIX];
    if key.len() <= KEY_BYTES_MAX && kept.iter().any(|prefix| key.starts_with(prefix)) {
        return Ok(());
    }
    let shown: String = key.chars().take(100).collect();
    Err(ControlError::invalid(field, format!("{shown:?} is not the key of an object of an export: expected one below {}", kept.join(", "))))
}
