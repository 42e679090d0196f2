//! Secrets of projects and branches: sealed when they are set, opened only for a job that names them.
//!
//! Invariant: what is opened leaves here only in an order for the agent that claims the job, or to the caller of [`Control::open_secret`],
//! who keeps it out of every record, log and answer.

use std::collections::{BTreeMap, BTreeSet};

use kraken_cloud::Zeroizing;
use kraken_domain::{
    BranchId, ProjectId,
    record::Branch,
    secret::{SECRETS_MAX, SecretKind, SecretOwner, StoredSecret, check_secret_name},
};
use kraken_protocol::api::{FieldProblem, NewSecret, SecretValue};
use kraken_store::{Commit, Versioned};
use kraken_workflow::{CONTEXT_FIELDS, FLAGS, Secret};
use serde_json::{Value, json};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Bytes of a value.
const VALUE_MAX: usize = 16 << 10;
/// Shorter values would tear holes into ordinary text when they are taken out of logs.
const VALUE_CHARS_MIN: usize = 4;
/// Characters of a user's name.
const USER_MAX: usize = 200;
/// Characters of a note.
const NOTE_MAX: usize = 500;

impl Control {
    /// All secrets of a project or a branch, sealed as they are.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn secrets(&self, owner: SecretOwner) -> Result<Vec<StoredSecret>, ControlError> {
        Ok(self.store.secrets(owner).await?.into_iter().map(|read| read.value).collect())
    }

    /// Sets a secret as a whole, whatever it was before.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] with every wrong field; [`ControlError::Conflict`] when the owner has too many;
    /// [`ControlError::NotFound`] for an owner that is not there.
    pub async fn set_secret(
        &self,
        owner: SecretOwner,
        name: &str,
        new: &NewSecret,
        by: Option<&str>,
    ) -> Result<StoredSecret, ControlError> {
        check(name, new)?;
        let plain = Zeroizing::new(serde_json::to_vec(&new.value).map_err(|_| ControlError::Internal("a secret has no JSON form".into()))?);
        let secret = StoredSecret {
            owner,
            name: name.to_owned(),
            kind: kind(&new.value),
            note: new.note.clone(),
            changed_at: self.clock.now(),
            changed_by: by.map(str::to_owned),
            sealed: Some(self.sealer.seal(&owner.place(name), &plain).await?),
        };
        decide!(self.try_set_secret(&secret))?;
        Ok(secret)
    }

    async fn try_set_secret(&self, secret: &StoredSecret) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        // Whoever removes the owner meanwhile removes its secrets as well, and must see this one.
        match secret.owner {
            SecretOwner::Project(project) => _ = commit.touch_alone(&self.project(project).await?),
            SecretOwner::Branch(branch) => _ = commit.touch_alone(&self.branch(branch).await?),
        }
        let there = self.store.secrets(secret.owner).await?;
        match there.iter().find(|read| read.name == secret.name) {
            Some(read) => _ = commit.replace(read, secret)?,
            None if there.len() >= SECRETS_MAX => {
                return Err(ControlError::Conflict(format!("there are {} secrets: at most {SECRETS_MAX} are kept", there.len())).into());
            }
            None => _ = commit.create(secret)?,
        }
        Ok(self.store.commit(commit).await?)
    }

    /// Removes a secret. Jobs that are still to come and name it fail at the step that does.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn delete_secret(&self, owner: SecretOwner, name: &str) -> Result<(), ControlError> {
        decide!(self.try_delete_secret(owner, name))
    }

    async fn try_delete_secret(&self, owner: SecretOwner, name: &str) -> Result<(), Attempt> {
        let read = self.store.secret(owner, name).await?.ok_or_else(|| ControlError::not_found("secret", format!("{name:?}")))?;
        let mut commit = Commit::new();
        commit.delete(&read);
        Ok(self.store.commit(commit).await?)
    }

    /// Adds the removal of all of an owner's secrets to the commit that removes the owner, which must have been read before.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub(crate) async fn forget_secrets(&self, commit: &mut Commit, owner: SecretOwner) -> Result<(), ControlError> {
        for read in self.store.secrets(owner).await? {
            commit.delete(&read);
        }
        Ok(())
    }

    /// Copies of the secrets of one branch for another, sealed anew: what is sealed opens at its place alone. One that has no value here is
    /// copied without one.
    ///
    /// # Errors
    /// [`ControlError::Damaged`] when one cannot be opened: it must be set again, or removed.
    pub(super) async fn resealed(&self, from: BranchId, to: BranchId) -> Result<Vec<StoredSecret>, ControlError> {
        let owner = SecretOwner::Branch(to);
        let mut copies = Vec::new();
        for read in self.store.secrets(SecretOwner::Branch(from)).await? {
            let sealed = match &read.sealed {
                Some(sealed) => {
                    let plain = self.sealer.open(&read.owner.place(&read.name), sealed).await?;
                    Some(self.sealer.seal(&owner.place(&read.name), &plain).await?)
                }
                None => None,
            };
            copies.push(StoredSecret { owner, sealed, ..read.value });
        }
        Ok(copies)
    }

    /// Which secrets a branch's stages can name: the project's, and over them the branch's own.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub(crate) async fn known_secrets(&self, branch: &Branch) -> Result<BTreeMap<String, SecretKind>, ControlError> {
        let (project, own) =
            tokio::try_join!(self.store.secrets(SecretOwner::Project(branch.project)), self.store.secrets(SecretOwner::Branch(branch.id)))?;
        Ok(project.into_iter().chain(own).map(|read| (read.value.name, read.value.kind)).collect())
    }

    /// One secret of a branch, opened: its own, or its project's. `None`: there is none, or it has no value here.
    ///
    /// # Errors
    /// [`ControlError::Damaged`] when it cannot be opened and never will be: it must be set again.
    pub async fn open_secret(&self, project: ProjectId, branch: BranchId, name: &str) -> Result<Option<Secret>, ControlError> {
        Ok(self.opened(project, branch, [name]).await?.remove(name).map(|value| secret(&value)))
    }

    /// The secrets of these names, opened, in the form that agents read. Those that are not there, or have no value here, are left out:
    /// the step that names one says so.
    ///
    /// # Errors
    /// As [`Control::open_secret`].
    pub(crate) async fn secrets_of_steps(
        &self,
        project: ProjectId,
        branch: BranchId,
        steps: &[Value],
    ) -> Result<BTreeMap<String, Value>, ControlError> {
        let uses: Vec<_> = steps.iter().flat_map(kraken_workflow::secret_uses).collect();
        let names: BTreeSet<&str> = uses.iter().map(|used| used.name.as_str()).collect();
        let opened = self.opened(project, branch, names).await?;
        Ok(opened.into_iter().map(|(name, value)| (name.to_owned(), wire(value))).collect())
    }

    async fn opened<'n>(
        &self,
        project: ProjectId,
        branch: BranchId,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<BTreeMap<&'n str, SecretValue>, ControlError> {
        let names: Vec<&str> = names.into_iter().collect();
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let owners = [SecretOwner::Branch(branch), SecretOwner::Project(project)];
        let wanted: Vec<(SecretOwner, &str)> = names.iter().flat_map(|name| owners.map(|owner| (owner, *name))).collect();
        let read = self.store.secrets_named(&wanted).await?;
        let mut opened = BTreeMap::new();
        for (name, found) in names.iter().zip(read.chunks(owners.len())) {
            if let Some(stored) = found.iter().flatten().next()
                && let Some(value) = self.open(stored).await?
            {
                opened.insert(*name, value);
            }
        }
        Ok(opened)
    }

    async fn open(&self, stored: &Versioned<StoredSecret>) -> Result<Option<SecretValue>, ControlError> {
        let Some(sealed) = &stored.sealed else { return Ok(None) };
        let place = stored.owner.place(&stored.name);
        let plain = self.sealer.open(&place, sealed).await?;
        // What the parser says may quote the value.
        let value = serde_json::from_slice(&plain)
            .map_err(|_| ControlError::Damaged(format!("what is sealed for {place} is no secret: set it again")))?;
        Ok(Some(value))
    }
}

fn kind(value: &SecretValue) -> SecretKind {
    match value {
        SecretValue::Simple { .. } => SecretKind::Simple,
        SecretValue::SshKey { .. } => SecretKind::SshKey,
        SecretValue::UserPassword { .. } => SecretKind::UserPassword,
    }
}

fn secret(value: &SecretValue) -> Secret {
    match value.clone() {
        SecretValue::Simple { value } => Secret::Simple(value),
        SecretValue::SshKey { user, key } => Secret::SshKey { user, key },
        SecretValue::UserPassword { user, password } => Secret::UserPassword { user, password },
    }
}

/// As an order carries it: a text, or an object of fields.
fn wire(value: SecretValue) -> Value {
    match value {
        SecretValue::Simple { value } => Value::String(value),
        SecretValue::SshKey { user, key } => json!({"user": user, "key": key}),
        SecretValue::UserPassword { user, password } => json!({"user": user, "password": password}),
    }
}

/// Words that mean something in the texts of stages: no secret is called so.
fn taken() -> impl Iterator<Item = &'static str> {
    let parts = CONTEXT_FIELDS.iter().filter_map(|field| field.path.split('.').next());
    parts.chain(FLAGS.iter().map(|flag| flag.path)).chain(["job", "step", "config"])
}

fn check(name: &str, new: &NewSecret) -> Result<(), ControlError> {
    let mut problems = Vec::new();
    let mut wrong = |path: &str, message: String| problems.push(FieldProblem { path: path.to_owned(), line: None, message });
    if let Err(error) = check_secret_name(name, taken()) {
        wrong("/path/name", error.to_string());
    }
    let (user, field, value) = match &new.value {
        SecretValue::Simple { value } => ("", "/value", value),
        SecretValue::SshKey { user, key } => (user.as_str(), "/key", key),
        SecretValue::UserPassword { user, password } => (user.as_str(), "/password", password),
    };
    if value.len() > VALUE_MAX {
        wrong(field, format!("it has {} bytes: expected at most {VALUE_MAX}", value.len()));
    }
    if value.trim().chars().count() < VALUE_CHARS_MIN {
        wrong(field, format!("it is shorter than {VALUE_CHARS_MIN} characters: it could not be kept out of logs"));
    }
    if user.chars().count() > USER_MAX || user.chars().any(char::is_control) {
        wrong("/user", format!("expected at most {USER_MAX} printable characters"));
    }
    if new.note.chars().count() > NOTE_MAX {
        wrong("/note", format!("it has {} characters: expected at most {NOTE_MAX}", new.note.chars().count()));
    }
    if problems.is_empty() { Ok(()) } else { Err(ControlError::Invalid(problems)) }
}
