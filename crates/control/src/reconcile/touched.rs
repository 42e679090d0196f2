//! What a delivery touches, where stages ask for paths and the host tells none: it is looked for in the repository.
//!
//! Invariant: a look that fails, or does not see all, keeps nothing from starting; it is said in the change.

use std::time::Duration;

use kraken_domain::{
    record::{Branch, Stage},
    webhook::{Delivery, Happening, Told},
};
use kraken_githosts::{Repo, RepoUrl, with_look};
use kraken_repos::{Between, CommitId, Place};

use crate::{Control, repos::Unseen};

/// For how long one look may go on.
const LOOK: Duration = Duration::from_secs(10);
/// Paths that are looked through: more are as good as not known.
const PATHS_MAX: usize = 10_000;
/// Characters of why a look failed that are kept.
const WHY_MAX: usize = 300;

/// What was told, with what was seen; or why not all of it could be.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    pub(super) told: Told,
    pub(super) note: Option<String>,
}

impl Control {
    /// Looks into the repository of a delivery, with the credentials of a stage of `branch` whose code is in the same one.
    pub(super) async fn touched(&self, delivery: &Delivery, branch: &Branch, stages: &[Stage]) -> Touched {
        let looked = tokio::time::timeout(LOOK, self.look_between(delivery, branch, stages)).await;
        let seen = looked.unwrap_or_else(|_| Err("there was no answer in time".to_owned()));
        match seen.and_then(|between| whole(&delivery.told, between)) {
            Ok((paths, newest)) => Touched { told: with_look(&delivery.told, paths, newest.as_deref()), note: None },
            Err(why) => {
                let why: String = why.chars().take(WHY_MAX).collect();
                tracing::info!(delivery = %delivery.id, why, "it is not known which paths a delivery touches; what asks for paths starts");
                Touched {
                    told: delivery.told.clone(),
                    note: Some(format!("it is not known which paths changed, so stages that ask for some start: {why}")),
                }
            }
        }
    }

    async fn look_between(&self, delivery: &Delivery, branch: &Branch, stages: &[Stage]) -> Result<Between, Unseen> {
        let change = delivery.change.as_deref().ok_or("the change is not kept any more")?;
        let name = change.git_ref.as_deref().unwrap_or(&change.branch);
        let repo = Repo { name: delivery.told.repo.clone(), urls: delivery.told.urls.clone() };
        // Where a fork is looked into, nobody's credentials are shown.
        let is_here = repo.urls.contains(&change.repo);
        let is_source = |url: &str| is_here && url.parse::<RepoUrl>().is_ok_and(|url| repo.is_at(&url));
        let source = stages.iter().filter_map(|stage| stage.source.as_ref()).find(|source| is_source(&source.url));
        let (url, credentials) = source.map_or((change.repo.as_str(), None), |source| (source.url.as_str(), source.credentials.as_deref()));
        let place = self.repo_place(branch.project, branch.id, url, name, credentials).await?;
        let before = change.before.as_deref().ok_or("there is no commit before")?;
        let before: CommitId = before.parse().map_err(|_| format!("the host tells only the beginning of commit {before}"))?;
        let after = self.whole_commit(&place, change.after.as_deref().ok_or("there is no commit after")?).await?;
        self.repos()?.commits_between(&place, &before, &after).await.map_err(|error| error.to_string())
    }

    /// Bitbucket tells only the beginning of a pull request's newest commit: the whole is where its branch is.
    async fn whole_commit(&self, place: &Place, told: &str) -> Result<CommitId, Unseen> {
        if let Ok(whole) = told.parse() {
            return Ok(whole);
        }
        let head = self.repos()?.head(place).await.map_err(|error| error.to_string())?;
        if head.to_string().starts_with(told) { Ok(head) } else { Err(format!("the branch is not at {told} any more")) }
    }
}

/// All paths and the newest message, if that is all that changed.
fn whole(told: &Told, between: Between) -> Result<(Vec<String>, Option<String>), Unseen> {
    let is_push = matches!(told.what, Happening::Push { .. });
    if between.lost || (is_push && !between.follows) {
        return Err("the branch was pushed by force".to_owned());
    }
    if between.more || between.commits.iter().any(|commit| commit.paths_cut) {
        return Err("there are too many commits or paths".to_owned());
    }
    let newest = between.commits.last().map(|commit| commit.message.clone());
    let mut paths: Vec<String> =
        between.commits.into_iter().flat_map(|commit| [commit.added, commit.modified, commit.removed]).flatten().collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.len() > PATHS_MAX { Err("there are too many commits or paths".to_owned()) } else { Ok((paths, newest)) }
}
