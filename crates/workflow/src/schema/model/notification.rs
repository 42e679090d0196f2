//! Whom to tell how a run went. Read and kept; who sends it is another matter.

use serde::{Deserialize, Deserializer, Serialize};

use super::one_or_many;

/// What a channel is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A run started.
    Start,
    /// A run ended.
    End,
    /// A run ended badly.
    Failure,
    /// A run ended well after one that had not.
    Fixed,
    /// A run has results that were better before.
    Regression,
}

/// Whom to tell. An empty `on` leaves it to the channel's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "recipients")]
    pub email: Option<Email>,
    /// A Slack channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<Slack>,
    /// A Discord channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discord: Option<Discord>,
    /// The commit's status on GitHub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<GitHost>,
    /// The commit's status on GitLab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gitlab: Option<GitHost>,
    /// The commit's status on Gitea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gitea: Option<GitHost>,
    /// Any address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
}

/// E-mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// Whom to send it to.
    #[serde(deserialize_with = "one_or_many::deserialize")]
    pub to: Vec<String>,
    /// What to tell about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Event>,
}

/// A Slack channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// The channel.
    pub channel: String,
    /// What to tell about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Event>,
}

/// A Discord channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discord {
    /// The webhook's address.
    pub webhook: String,
    /// What to tell about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Event>,
}

/// A host of repositories, where the commit's status is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitHost {
    /// `user:token`, or a token.
    pub credentials: String,
    /// The host's address, where it is one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What to tell about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Event>,
}

/// An address that is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The address.
    pub url: String,
    /// What the call is signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What to tell about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Recipients {
    One(String),
    Many(Vec<String>),
    Full(Email),
}

fn recipients<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Email>, D::Error> {
    Ok(Option::<Recipients>::deserialize(deserializer)?.map(|recipients| match recipients {
        Recipients::One(to) => Email { to: vec![to], on: Vec::new() },
        Recipients::Many(to) => Email { to, on: Vec::new() },
        Recipients::Full(email) => email,
    }))
}
