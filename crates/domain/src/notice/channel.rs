//! By what people are told, and why.

use serde::{Deserialize, Serialize};

/// Who is told. A stage has at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Mailboxes.
    Email,
    /// A channel of Slack.
    Slack,
    /// A channel of Discord.
    Discord,
    /// The status of the commit at GitHub.
    #[serde(rename = "github")]
    GitHub,
    /// The status of the commit at GitLab.
    #[serde(rename = "gitlab")]
    GitLab,
    /// The status of the commit at Gitea or Forgejo.
    Gitea,
    /// An address of the user's own.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 7] = [Self::Email, Self::Slack, Self::Discord, Self::GitHub, Self::GitLab, Self::Gitea, Self::Webhook];

    /// The name that stages and the API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Webhook => "webhook",
        }
    }

    /// Whether it keeps only what was said last: of several notices the newest counts, and an older one must not follow it.
    pub fn is_status(self) -> bool {
        match self {
            Self::GitHub | Self::GitLab | Self::Gitea => true,
            Self::Email | Self::Slack | Self::Discord | Self::Webhook => false,
        }
    }

    /// What it is told of when the stage does not say: who only keeps the last is told everything, people how it ended.
    pub fn usual(self) -> &'static [Occasion] {
        match self {
            Self::GitHub | Self::GitLab | Self::Gitea | Self::Webhook => &[Occasion::Start, Occasion::End],
            Self::Email | Self::Slack | Self::Discord => &[Occasion::End],
        }
    }
}

/// What makes it worth telling; of several the last of these is what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A run started.
    Start,
    /// A run ended.
    End,
    /// A run ended badly.
    Failure,
    /// A run ended well after one that had not.
    Fixed,
    /// A run ended badly after one that had not.
    Regression,
}

impl Occasion {
    /// The name that stages and the API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
            Self::Failure => "failure",
            Self::Fixed => "fixed",
            Self::Regression => "regression",
        }
    }
}
