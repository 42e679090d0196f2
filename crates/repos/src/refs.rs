//! What the branches of a repository point at.

use gix_hash::ObjectId;

use crate::{
    CommitId, RepoError,
    lines::{Line, Lines, text},
    session::Session,
};

/// The longest name of a branch, in bytes.
const NAME_MAX: usize = 1_000;

/// The commit that a branch points at (<https://git-scm.com/docs/protocol-v2#_ls_refs>). Only names that begin with the branch's are asked for.
pub(crate) async fn head(session: &Session, branch: &str) -> Result<CommitId, RepoError> {
    let none = || RepoError::NoBranch { repo: session.name(), branch: branch.to_owned() };
    if branch.is_empty() || branch.len() > NAME_MAX || branch.contains(|c: char| c.is_control() || c == ' ') {
        return Err(none());
    }
    let whole = if branch.starts_with("refs/") || branch == "HEAD" { branch.to_owned() } else { format!("refs/heads/{branch}") };
    let missing = none();
    let message = session.command("ls-refs").line("peel").line(&format!("ref-prefix {whole}")).flush();
    let answer = session.ask_branches(message).await?;
    let mut lines = Lines::of(&answer);
    while let Some(line) = lines.next().map_err(|detail| session.not_git(detail))? {
        let Line::Data(data) = line else { continue };
        let line = text(data);
        if let Some(said) = line.strip_prefix("ERR ") {
            return Err(session.not_git(format!("it says {:?}", said.chars().take(200).collect::<String>())));
        }
        let mut words = line.split(' ');
        let (Some(id), Some(name)) = (words.next(), words.next()) else { continue };
        if name != whole {
            continue;
        }
        // A tag with a message is an object of its own; what it is of stands behind.
        let peeled = words.find_map(|word| word.strip_prefix("peeled:"));
        let id = ObjectId::from_hex(peeled.unwrap_or(id).as_bytes()).map_err(|_| session.not_git("it names a commit in an unknown way"))?;
        return Ok(CommitId(id));
    }
    Err(missing)
}
