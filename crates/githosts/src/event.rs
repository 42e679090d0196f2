//! What a delivery says, in words that are the same for every host.
//!
//! Invariants: every commit id, branch name and repository address in here has been checked (a name can be no option to git, an address no
//! command); every text has a limit; commits stand oldest first, at most [`COMMITS_MAX`] of them, the newest kept.

pub use kraken_domain::change::{Author, COMMITS_MAX, Commit, Person, PullAction};
use serde::{Deserialize, Serialize};

use crate::{GitHost, RepoUrl};

/// A webhook's request, understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who sent it.
    pub host: GitHost,
    /// The host's name for this delivery (`github:72d3162e-…`), the same when it is sent again; where the host gave none, the body's digest.
    pub id: String,
    /// Whether the host gave it that name.
    pub named: bool,
    /// The SHA-256 of the body, in hexadecimal.
    pub body_sha256: String,
    /// How far the body is what it is recognised by.
    pub recognised_by: Recognised,
    /// When it was signed, in seconds since 1970, where that is part of what was signed (GitLab's signing token).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at_s: Option<i64>,
    /// What happened. Never empty; more than one where one push moved several branches (Bitbucket).
    pub events: Vec<Event>,
}

/// What tells a delivery that comes again from another one that says the same.
///
/// A branch that goes from one commit to another, back, and there again, or a tag that is taken back and pushed again, is told in the very same
/// bytes by hosts whose bodies hold no time. That is no repetition: something happened twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognised {
    /// Its name: that is part of what was signed (GitLab's signing token), or the sender has shown the key itself (GitLab's secret token), so
    /// whoever could make up a name could make up the body as well.
    ByName,
    /// Its name, and for a while its body: only the body is signed, so somebody who caught it could send it again under another name; or it has
    /// no name.
    ByBody,
}

/// Something that happened at the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// A branch or a tag moved, came or went.
    Push(Box<Push>),
    /// A pull or merge request changed.
    PullRequest(Box<PullRequest>),
    /// The host tries the webhook out.
    Ping,
    /// Nothing that starts anything.
    Ignored {
        /// What it was.
        why: String,
    },
}

impl Event {
    /// The repository that it happened in: of a pull request, the one that it goes to.
    pub fn repo(&self) -> Option<&Repo> {
        match self {
            Self::Push(push) => Some(&push.repo),
            Self::PullRequest(pull) => Some(&pull.repo),
            Self::Ping | Self::Ignored { .. } => None,
        }
    }
}

/// A repository as its host names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repo {
    /// `owner/name`, or the whole path of groups.
    pub name: String,
    /// Every spelling of its address that the host gave, the one for cloning over HTTPS first.
    pub urls: Vec<String>,
}

impl Repo {
    /// Whether this is the repository at a configured address.
    pub fn is_at(&self, configured: &RepoUrl) -> bool {
        let known: Vec<RepoUrl> = self.urls.iter().filter_map(|url| url.parse().ok()).collect();
        if known.is_empty() {
            // Old Bitbucket servers name the repository and not where it is.
            return !self.name.is_empty() && configured.path_ends_with(&self.name);
        }
        // Where the host tells an address of the configured one's family, that one decides: it has the port to compare.
        let alike = known.iter().any(|url| url.is_of_one_family(configured));
        known.iter().any(|url| (!alike || url.is_of_one_family(configured)) && url.is_same(configured))
    }

    /// The address to clone it from, if the host gave any.
    pub fn clone_url(&self) -> Option<&str> {
        self.urls.first().map(String::as_str)
    }
}

/// What a push moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum GitRef {
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// A tag, without `refs/tags/`.
    Tag(String),
}

impl GitRef {
    /// The branch's or tag's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Branch(name) | Self::Tag(name) => name,
        }
    }

    /// The branch, if it is one.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch(name) => Some(name),
            Self::Tag(_) => None,
        }
    }
}

/// A branch or a tag moved, came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// Where.
    pub repo: Repo,
    /// What.
    pub git_ref: GitRef,
    /// The commit it was at; `None` when it did not exist.
    pub before: Option<String>,
    /// The commit it is at; `None` when it is gone.
    pub after: Option<String>,
    /// History was rewritten. Only GitHub and Bitbucket Cloud tell; false elsewhere.
    pub forced: bool,
    /// The new commits, oldest first.
    pub commits: Vec<Commit>,
    /// Whether `commits` are all of them.
    pub complete: bool,
    /// The message of the commit that `after` is, where the host told it.
    pub head_message: Option<String>,
    /// The push itself asked for no flow (`git push -o ci.skip`, GitLab).
    pub skip_asked: bool,
    /// Who pushed.
    pub pusher: Person,
    /// A page that shows the difference.
    pub compare_url: Option<String>,
}

impl Push {
    /// The branch or tag is new.
    pub fn created(&self) -> bool {
        self.before.is_none()
    }

    /// The branch or tag is gone.
    pub fn deleted(&self) -> bool {
        self.after.is_none()
    }
}

/// A pull or merge request changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// What happened.
    pub action: PullAction,
    /// Its number in the target repository.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Where it wants to go.
    pub repo: Repo,
    /// Into which branch.
    pub target_branch: String,
    /// The commit that the target was at, where the host tells (GitLab does not).
    pub base_sha: Option<String>,
    /// Where it comes from. `None`: that repository is gone.
    pub source_repo: Option<Repo>,
    /// It comes from another repository than it goes to, or nobody knows from where: its author may not be trusted.
    pub from_fork: bool,
    /// The branch that it comes from.
    pub source_branch: String,
    /// The commit that it proposes; Bitbucket Cloud gives the first 12 digits only. `None` only when the request is over and its source gone.
    pub head_sha: Option<String>,
    /// The message of that commit, where the host tells it (GitLab).
    pub head_message: Option<String>,
    /// Under what the target repository offers that commit, forks included: `refs/pull/7/head`. Bitbucket Cloud offers none.
    pub fetch_ref: Option<String>,
    /// Who opened it.
    pub author: Person,
    /// Its page.
    pub url: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Its author says that it is not ready.
    pub draft: bool,
}
