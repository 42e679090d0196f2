//! Stages whose code is a file of a repository.

use kraken_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FieldProblem;

/// `POST /api/branches/{branch}/stages/from-repo`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStageFromRepo {
    /// Its name: 1 to 200 characters, unique in the branch.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// Where its code is.
    pub source: SourceSettings,
}

/// The file of a repository that holds the code of a stage; the body of `PUT /api/stages/{stage}/source`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Address of the repository, `https://host/path`, without user or password.
    pub url: String,
    /// The branch in it.
    pub branch: String,
    /// The file on that branch.
    pub file: String,
    /// Name of a secret of the project or branch: an access token, or user and password.
    #[serde(default)]
    pub credentials: Option<String>,
    /// Seconds between two looks, at least 60.
    #[serde(default = "refresh_s")]
    pub refresh_s: u64,
    /// Whether it is looked at before each run, too.
    #[serde(default)]
    pub refresh_on_run: bool,
}

fn refresh_s() -> u64 {
    kraken_domain::trigger::REPO_EVERY_S
}

/// Where the code of a stage is, and what the last look found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SourceView {
    /// Address of the repository.
    pub url: String,
    /// The branch in it.
    pub branch: String,
    /// The file on that branch.
    pub file: String,
    /// Name of the secret to look with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// Seconds between two looks.
    pub refresh_s: u64,
    /// Whether it is looked at before each run, too.
    pub refresh_on_run: bool,
    /// The commit that the stage's code is of.
    pub commit: String,
    /// The newest commit that was seen. Another than `commit` if that version is in error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_commit: Option<String>,
    /// When it was looked at last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// When it is looked at next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_look: Option<Timestamp>,
    /// Why the newest version is not in force; absent when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong with the newest version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
}

/// A branch of a repository that a trigger looks at.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RepoHeadView {
    /// Address of the repository.
    pub url: String,
    /// The branch in it.
    pub branch: String,
    /// The newest commit that was seen; absent before the first look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}
