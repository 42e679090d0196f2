//! The commits that are new on a branch.
//!
//! Fetched is what the commit before does not have already, without the content of files. To compare the first of the new commits with
//! what was before, the folders of that are fetched, too, and whatever a host leaves out because who has the commit before should have it.

use std::collections::BTreeSet;

use gix_hash::ObjectId;
use jiff::Timestamp;

use crate::{
    CommitId, RepoError,
    changed::{Changed, Comparison},
    fetch::{Wish, fetch},
    objects::Objects,
    order::oldest_first,
    session::Session,
};

/// Commits that are listed: the newest.
pub const COMMITS_MAX: usize = 100;
/// How often what is missing is fetched.
const ROUNDS: usize = 4;
/// What is fetched in one of these.
const MISSING_MAX: usize = 2_000;

/// What is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// The commits, oldest first; the newest of them if there are more than [`COMMITS_MAX`].
    pub commits: Vec<NewCommit>,
    /// There are more.
    pub more: bool,
    /// The commit before is no more, so what is new to it cannot be told; the newest commit alone is listed.
    pub lost: bool,
    /// The commit before is one of those that these are made on: what they change together is all that changed. Else the branch was pushed by
    /// force, or comes from elsewhere.
    pub follows: bool,
}

/// A new commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommit {
    /// Its name.
    pub id: CommitId,
    /// Who wrote it; may be empty.
    pub author_name: String,
    /// Their address; may be empty.
    pub author_email: String,
    /// When it was written.
    pub timestamp: Option<Timestamp>,
    /// Its whole message.
    pub message: String,
    /// Paths that it adds to its first parent.
    pub added: Vec<String>,
    /// Paths that it changes.
    pub modified: Vec<String>,
    /// Paths that it removes.
    pub removed: Vec<String>,
    /// The paths are not whole.
    pub paths_cut: bool,
}

pub(crate) async fn commits(session: &mut Session, before: &CommitId, after: &CommitId) -> Result<Between, RepoError> {
    let known = Wish { want: vec![before.0], depth: Some(1), without_files: true, ..Wish::default() };
    let (objects, there) = fetch(session, Objects::default(), &known).await?;
    let lost = there.is_err() || objects.commit(&before.0).is_none();
    let depth = if lost { 1 } else { u32::try_from(COMMITS_MAX + 1).unwrap_or(u32::MAX) };
    let have = if lost { Vec::new() } else { vec![before.0] };
    let wish = Wish { want: vec![after.0], have, depth: Some(depth), without_files: true };
    let (mut objects, there) = fetch(session, objects, &wish).await?;
    if let Err(detail) = there {
        return Err(RepoError::Gone { repo: session.name(), what: format!("commit {after}"), detail });
    }
    let most = if lost { 1 } else { COMMITS_MAX };
    let (ids, more) = oldest_first(&objects, after.0, Some(before.0), most);
    let is_before = |parent: ObjectId| parent == before.0;
    let follows =
        !lost && (before == after || ids.iter().filter_map(|id| objects.commit(id)).any(|commit| commit.parents().any(is_before)));
    for _ in 0..ROUNDS {
        let (here, missing) = compare(session, objects, &ids, missing).await?;
        objects = here;
        if missing.is_empty() {
            break;
        }
        let want = missing.into_iter().take(MISSING_MAX).collect();
        let wish = Wish { want, depth: Some(1), without_files: true, ..Wish::default() };
        let (here, there) = fetch(session, objects, &wish).await?;
        objects = here;
        if there.is_err() {
            // The paths stay unknown, and that is said of them.
            break;
        }
    }
    let (_, commits) = compare(session, objects, &ids, described).await?;
    Ok(Between { commits, more: more && !lost, lost, follows })
}

/// Compares commits with their first parents, in one budget, and not on the thread that watches the time.
async fn compare<T: Send + 'static>(
    session: &Session,
    objects: Objects,
    ids: &[ObjectId],
    made: impl FnOnce(&mut Comparison<'_>, &[ObjectId]) -> T + Send + 'static,
) -> Result<(Objects, T), RepoError> {
    let ids = ids.to_vec();
    let compared = session.work(move |until| {
        let mut comparison = Comparison::of(&objects, until);
        let made = made(&mut comparison, &ids);
        (objects, made)
    });
    compared.await
}

/// What comparing these commits with their first parents needs and is not here.
fn missing(comparison: &mut Comparison<'_>, ids: &[ObjectId]) -> BTreeSet<ObjectId> {
    for id in ids {
        compared(comparison, *id);
    }
    std::mem::take(&mut comparison.missing)
}

/// The newest first, in case there is not time for all.
fn described(comparison: &mut Comparison<'_>, ids: &[ObjectId]) -> Vec<NewCommit> {
    let mut commits: Vec<_> = ids.iter().rev().filter_map(|id| described_one(comparison, *id)).collect();
    commits.reverse();
    commits
}

fn compared(comparison: &mut Comparison<'_>, id: ObjectId) -> Changed {
    let objects = comparison.objects;
    let Some(commit) = objects.commit(&id) else { return Changed { cut: true, ..Changed::default() } };
    let Some(parent) = commit.parents().next() else { return comparison.changed(None, Some(commit.tree())) };
    match objects.commit(&parent) {
        Some(parent) => comparison.changed(Some(parent.tree()), Some(commit.tree())),
        None => {
            comparison.missing.insert(parent);
            Changed { cut: true, ..Changed::default() }
        }
    }
}

fn described_one(comparison: &mut Comparison<'_>, id: ObjectId) -> Option<NewCommit> {
    let commit = comparison.objects.commit(&id)?;
    let changed = compared(comparison, id);
    let author = commit.author().ok();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(NewCommit {
        id: CommitId(id),
        author_name: author.map(|author| text(author.name)).unwrap_or_default(),
        author_email: author.map(|author| text(author.email)).unwrap_or_default(),
        timestamp: author.and_then(|author| Timestamp::from_second(author.seconds()).ok()),
        message: text(commit.message).trim_end().to_owned(),
        added: changed.added,
        modified: changed.modified,
        removed: changed.removed,
        paths_cut: changed.cut,
    })
}
