//! Which hosts are spoken with, and how a delivery shows whose it is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Headers;

/// A kind of git host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GitHost {
    /// github.com and GitHub Enterprise Server.
    #[serde(rename = "github")]
    GitHub,
    /// gitlab.com and GitLab of one's own.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Gitea.
    Gitea,
    /// Forgejo, Codeberg among them.
    Forgejo,
    /// bitbucket.org.
    BitbucketCloud,
    /// Bitbucket Server and Data Center.
    BitbucketServer,
}

/// A name that is no host's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no host that is known here: expected github, gitlab, gitea, forgejo, bitbucket_cloud or bitbucket_server")]
pub struct UnknownHost(pub String);

impl GitHost {
    /// Every host.
    pub const ALL: [Self; 6] = [Self::GitHub, Self::GitLab, Self::Gitea, Self::Forgejo, Self::BitbucketCloud, Self::BitbucketServer];

    /// The name that stands in addresses and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
            Self::BitbucketCloud => "bitbucket_cloud",
            Self::BitbucketServer => "bitbucket_server",
        }
    }

    /// The name that stands in the addresses that its deliveries are sent to: `bitbucket-server`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::BitbucketCloud => "bitbucket",
            Self::BitbucketServer => "bitbucket-server",
            Self::GitHub | Self::GitLab | Self::Gitea | Self::Forgejo => self.name(),
        }
    }

    /// The host that [`slug`](Self::slug) says.
    ///
    /// # Errors
    /// [`UnknownHost`].
    pub fn of_slug(slug: &str) -> Result<Self, UnknownHost> {
        Self::ALL.into_iter().find(|host| host.slug() == slug).ok_or_else(|| UnknownHost(crate::text::shorten(slug, 40)))
    }

    /// Whose delivery this is, by the header that names the event. `None`: none of them sends such headers.
    ///
    /// Gitea and Forgejo also send GitHub's and Gogs' headers, and Forgejo Gitea's, so the most special is looked for first
    /// (<https://docs.gitea.com/usage/webhooks>, <https://forgejo.org/docs/latest/user/webhooks/>). The two Bitbuckets share `X-Event-Key`;
    /// only the cloud names its hook in `X-Hook-UUID`.
    pub fn of(headers: &Headers<'_>) -> Option<Self> {
        let has = |name: &str| headers.text(name).is_some();
        Some(if has("x-forgejo-event") {
            Self::Forgejo
        } else if has("x-gitea-event") {
            Self::Gitea
        } else if has("x-gitlab-event") {
            Self::GitLab
        } else if has("x-github-event") {
            Self::GitHub
        } else if has("x-event-key") {
            if has("x-hook-uuid") { Self::BitbucketCloud } else { Self::BitbucketServer }
        } else {
            return None;
        })
    }
}

impl fmt::Display for GitHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for GitHost {
    type Err = UnknownHost;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|host| host.name() == name).ok_or_else(|| UnknownHost(crate::text::shorten(name, 40)))
    }
}
