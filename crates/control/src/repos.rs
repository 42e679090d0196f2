//! Looking into repositories on behalf of stages: with whose credentials, and what is made of what was found.

use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use kraken_domain::{
    BranchId, ProjectId,
    change::{Author, Change, Commit as ChangedCommit},
    trigger::{News, RepoHead, Trigger},
};
use kraken_repos::{Between, CommitId, Credentials, Place, RepoError, Repos};
use kraken_workflow::Secret;
use tokio::time::{Instant, timeout_at};

use crate::{Control, ControlError};

/// Branches that are asked for at the same time for one trigger.
const HEADS_AT_ONCE: usize = 10;
/// Repositories of one trigger whose commits are read at the same time.
const COMMITS_AT_ONCE: usize = 4;
/// For how long all looks of one trigger may go on, once for what its branches point at and once for the commits: with both, what was seen
/// is written down before the tick that looks ends.
const ALL_LOOKS: Duration = Duration::from_secs(15);
/// For how long one branch is asked for: so that the second half of the repositories has its turn even where the first hangs.
const HEAD: Duration = Duration::from_secs(7);
/// Characters of why commits could not be read that are kept with a change.
const NOTE_MAX: usize = 500;

/// Why nothing could be seen, in words for whoever set it up.
pub(crate) type Unseen = String;

impl Control {
    /// Who looks.
    pub(crate) fn repos(&self) -> Result<&Repos, Unseen> {
        self.repos.as_ref().ok_or_else(|| "this part of the installation looks into no repositories".to_owned())
    }

    /// A branch of a repository as a stage of `project` and `branch` names it.
    pub(crate) async fn repo_place(
        &self,
        project: ProjectId,
        branch: BranchId,
        url: &str,
        name: &str,
        credentials: Option<&str>,
    ) -> Result<Place, Unseen> {
        let address = url.parse().map_err(|error: kraken_repos::BadAddress| error.to_string())?;
        let credentials = match credentials {
            None => Credentials::Nobody,
            Some(secret) => self.repo_credentials(project, branch, secret).await?,
        };
        Ok(Place { address, branch: name.to_owned(), credentials, any_certificate: false })
    }

    /// Opened for the look alone.
    async fn repo_credentials(&self, project: ProjectId, branch: BranchId, name: &str) -> Result<Credentials, Unseen> {
        let unusable = |why: &str| format!("the credentials name the secret {name:?}: {why}");
        match self.open_secret(project, branch, name).await {
            Ok(Some(Secret::Simple(token))) => Ok(Credentials::token(token)),
            Ok(Some(Secret::UserPassword { user, password })) => Ok(Credentials::user(user, password)),
            Ok(Some(Secret::SshKey { .. })) => Err(unusable("it is an SSH key: expected an access token, or user and password")),
            Ok(None) => Err(unusable("neither the branch nor the project has one of that name, or it has no value here: set it")),
            Err(error) => {
                tracing::warn!(%error, "the credentials of a repository cannot be opened");
                match error {
                    ControlError::Damaged(_) => Err(unusable("it cannot be opened: set it again")),
                    other => Err(unusable(&other.plainly())),
                }
            }
        }
    }

    /// What each repository of a trigger points at now, where that can be seen, and what kept the others from it.
    pub(crate) async fn heads_of(&self, trigger: &Trigger) -> (Vec<Option<String>>, Option<Unseen>) {
        let until = Instant::now() + ALL_LOOKS;
        let looks: Vec<_> = trigger.repos().iter().map(|repo| self.head_in_time(trigger, repo, until).boxed()).collect();
        let looked: Vec<Result<CommitId, Unseen>> = stream::iter(looks).buffered(HEADS_AT_ONCE).collect().await;
        let mut why = Vec::new();
        let heads = looked.into_iter().map(|head| head.map_err(|unseen| why.push(unseen)).ok().map(|head| head.to_string())).collect();
        (heads, (!why.is_empty()).then(|| why.join("; ")))
    }

    async fn head_in_time(&self, trigger: &Trigger, repo: &RepoHead, until: Instant) -> Result<CommitId, Unseen> {
        let until = until.min(Instant::now() + HEAD);
        let head = timeout_at(until, self.head_of(trigger, repo)).await;
        head.unwrap_or_else(|_| Err(format!("{} did not answer in time: its host is too slow, or cannot be reached from here", repo.url)))
    }

    /// A branch of one of a trigger's repositories.
    async fn place_of(&self, trigger: &Trigger, url: &str, branch: &str) -> Result<Place, Unseen> {
        let place = self.repo_place(trigger.project, trigger.branch, url, branch, trigger.credentials()).await?;
        Ok(Place { any_certificate: trigger.git_settings().any_certificate, ..place })
    }

    async fn head_of(&self, trigger: &Trigger, repo: &RepoHead) -> Result<CommitId, Unseen> {
        let place = self.place_of(trigger, &repo.url, &repo.branch).await?;
        self.repos()?.head(&place).await.map_err(|error| error.to_string())
    }

    /// The changes that a trigger has found. That the commits cannot be read holds up nothing: it is said in the change.
    pub(crate) async fn changes_found(&self, trigger: &Trigger) -> Vec<Change> {
        let until = Instant::now() + ALL_LOOKS;
        let news = trigger.news();
        let changes: Vec<_> = news.iter().map(|news| self.change_found(trigger, news, until).boxed()).collect();
        stream::iter(changes).buffered(COMMITS_AT_ONCE).collect().await
    }

    async fn change_found(&self, trigger: &Trigger, news: &News<'_>, until: Instant) -> Change {
        let between = timeout_at(until, self.commits_of(trigger, news)).await;
        let between = between.unwrap_or_else(|_| Err("there was no answer in time".to_owned()));
        if let Err(why) = &between {
            tracing::warn!(stage.id = %trigger.stage, why, "new commits of a repository cannot be read; what they start is started without them");
        }
        change(news, between)
    }

    async fn commits_of(&self, trigger: &Trigger, news: &News<'_>) -> Result<Between, Unseen> {
        let place = self.place_of(trigger, news.url, news.branch).await?;
        let id = |text: &str| text.parse::<CommitId>().map_err(|error| error.to_string());
        let found = self.repos()?.commits_between(&place, &id(news.before)?, &id(news.after)?).await;
        found.map_err(|error: RepoError| error.to_string())
    }
}

/// A change as stages see it.
fn change(news: &News<'_>, between: Result<Between, Unseen>) -> Change {
    let (between, note) = match between {
        Ok(between) if between.lost => {
            let note = format!("commit {} is no more, so only the newest commit is listed: the branch was pushed by force", news.before);
            (between, Some(note))
        }
        Ok(between) if between.more => (between, Some("there are more commits than are listed".to_owned())),
        Ok(between) => (between, None),
        Err(why) => {
            let why: String = why.chars().take(NOTE_MAX).collect();
            (Between::default(), Some(format!("the commits cannot be read: {why}")))
        }
    };
    let commit = |commit: kraken_repos::NewCommit| ChangedCommit {
        id: commit.id.to_string(),
        author: Author { name: commit.author_name, email: commit.author_email },
        timestamp: commit.timestamp.map(|at| at.to_string()),
        message: commit.message,
        added: commit.added,
        modified: commit.modified,
        removed: commit.removed,
        paths_cut: commit.paths_cut,
        url: None,
    };
    Change {
        trigger: "repo".to_owned(),
        repo: news.url.to_owned(),
        branch: news.branch.to_owned(),
        before: Some(news.before.to_owned()),
        after: Some(news.after.to_owned()),
        commits: between.commits.into_iter().map(commit).collect(),
        note,
        ..Change::default()
    }
}
