//! The tools that steps may name.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// `GET /api/tools`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tools {
    /// The tools.
    pub items: Vec<ToolView>,
    /// JSON Schema (draft 2020-12) of what every step may say, whatever its tool.
    #[schema(value_type = Object)]
    pub step: Value,
}

/// A tool.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ToolView {
    /// Its name, as steps say it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Whether Kraken brings it along.
    pub builtin: bool,
    /// Its versions, the newest first; a step that names none gets the newest.
    pub versions: Vec<ToolVersion>,
}

/// One version of a tool.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ToolVersion {
    /// As steps say it after `@`.
    pub version: String,
    /// Limit of one attempt in seconds, where the step says none; absent: the job's limit holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u32>,
    /// JSON Schema (draft 2020-12) of its own fields, each with a description.
    #[schema(value_type = Object)]
    pub schema: Value,
}
