//! One file of a branch.

use gix_hash::ObjectId;
use gix_object::{Kind, bstr::ByteSlice, tree::EntryKind};

use crate::{
    CommitId, RepoError,
    fetch::{Wish, fetch},
    objects::Objects,
    session::Session,
};

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileAt {
    /// The commit that it is of.
    pub commit: CommitId,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The file at `path` as of `commit`.
pub(crate) async fn read(session: &mut Session, branch: &str, commit: CommitId, path: &str) -> Result<FileAt, RepoError> {
    let wish = Wish { want: vec![commit.0], depth: Some(1), without_files: true, ..Wish::default() };
    let objects = whole(session, Objects::default(), &wish, &format!("commit {commit}")).await?;
    let found = objects.commit(&commit.0).map(|commit| commit.tree());
    let root = found.ok_or_else(|| session.not_git(format!("{commit} is no commit")))?;
    let at = find(session, &objects, root, branch, commit, path)?;
    let limit = session.limits().file_bytes;
    let objects = match objects.get(&at) {
        Some(_) => objects,
        None => {
            let wish = Wish { want: vec![at], depth: None, ..Wish::default() };
            whole(session, objects, &wish, &format!("file {path:?} of commit {commit}")).await?
        }
    };
    let blob = objects.get(&at).filter(|object| object.kind == Kind::Blob);
    let blob = blob.ok_or_else(|| session.not_git("it sends something else than the file"))?;
    if blob.data.len() > limit {
        return Err(RepoError::TooLarge { repo: session.name(), what: "the file", limit, hint: "" });
    }
    Ok(FileAt { commit, bytes: blob.data.to_vec() })
}

/// The name of the file's content, from the folder `at` on.
fn find(session: &Session, objects: &Objects, mut at: ObjectId, branch: &str, commit: CommitId, path: &str) -> Result<ObjectId, RepoError> {
    let none = || RepoError::NoFile { repo: session.name(), branch: branch.to_owned(), path: path.to_owned(), commit };
    let other = |what| RepoError::NotAFile { repo: session.name(), path: path.to_owned(), what };
    let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
    if parts.peek().is_none() {
        return Err(none());
    }
    while let Some(part) = parts.next() {
        let tree = objects.tree(&at).ok_or_else(|| session.not_git("a folder is missing in what it sends"))?;
        let entry = tree.entries.iter().find(|entry| entry.filename == part.as_bytes().as_bstr()).ok_or_else(none)?;
        match (entry.mode.kind(), parts.peek().is_some()) {
            (EntryKind::Tree, true) | (EntryKind::Blob | EntryKind::BlobExecutable, false) => at = entry.oid.to_owned(),
            (EntryKind::Tree, false) => return Err(other("a folder")),
            (EntryKind::Link, false) => return Err(other("a symbolic link")),
            (EntryKind::Commit, false) => return Err(other("a submodule")),
            (_, true) => return Err(none()),
        }
    }
    Ok(at)
}

/// Fetches what must be there.
async fn whole(session: &mut Session, objects: Objects, wish: &Wish, what: &str) -> Result<Objects, RepoError> {
    match fetch(session, objects, wish).await? {
        (objects, Ok(())) => Ok(objects),
        (_, Err(detail)) => Err(RepoError::Gone { repo: session.name(), what: what.to_owned(), detail }),
    }
}
