//! What starts a stage.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::time::parse_duration;

/// What starts a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// Root stage: start with each new flow (absent: true). Child: start when its parents are done (absent: false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<bool>,
    /// Start that long after the previous start; a duration text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// Start once, then; a date text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Start by this cron rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// The time zone of `cron`; absent: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Start when there are new commits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoTrigger>,
    /// Accept webhooks (absent: true for root stages).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookTrigger>,
    /// The run waits for a person to start it (absent: false).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<bool>,
}

impl Triggers {
    /// Whether the stage said nothing here, which means `{"parent": True}`.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether webhooks start a stage, and which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WebhookTrigger {
    /// All or none.
    Accepts(bool),
    /// Some.
    Some(WebhookFilter),
}

/// Which webhooks start a stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookFilter {
    /// Globs: a push must touch a path that one of them matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Globs: paths that do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths_ignore: Vec<String>,
    /// Addresses of the repositories that count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repos: Vec<String>,
    /// Globs: tags that start it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Start when there are new commits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoTrigger {
    /// The repository, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The branch in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The repositories, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repos: Vec<RepoBranch>,
    /// How often to look, in seconds; `None` leaves it to the planner.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "seconds")]
    pub interval: Option<u64>,
    /// Settings of git for the look.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub git_cfg: BTreeMap<String, String>,
    /// Name of the secret to look with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
}

/// A branch of a repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoBranch {
    /// The repository.
    pub url: String,
    /// The branch in it.
    pub branch: String,
}

impl RepoTrigger {
    /// All branches to look at, however they were written.
    pub fn branches(&self) -> Vec<RepoBranch> {
        let one = self.url.clone().zip(self.branch.clone()).map(|(url, branch)| RepoBranch { url, branch });
        one.into_iter().chain(self.repos.iter().cloned()).collect()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Interval {
    Seconds(u64),
    Text(String),
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Option::<Interval>::deserialize(deserializer)? {
        None => None,
        Some(Interval::Seconds(seconds)) => Some(seconds),
        Some(Interval::Text(text)) => Some(parse_duration(&text).map_err(D::Error::custom)?),
    })
}
