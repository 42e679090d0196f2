//! User data that the steps of a held job read and change.

use kraken_domain::{JobId, job::Generation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tool::Data;

/// `POST /api/agent/data/read`: what is in this document?
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadData {
    /// The job that asks.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// Which document, seen from the job: `flow`, `branch`, `branch-ci`, `branch-dev`, `project`.
    pub scope: String,
}

/// A document as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataNow {
    /// The document: an object.
    pub value: Value,
    /// Goes up with every change; 0: nobody has written it.
    pub version: u64,
}

/// `POST /api/agent/data/change`: change this document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChangeData {
    /// The job that asks.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// Which, and how: [`set`](crate::tool::DataOperation::Set) or [`jsonpatch`](crate::tool::DataOperation::Jsonpatch).
    pub data: Data,
    /// Only if it is of this version; 0: only if nobody has written it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<u64>,
    /// Names the change of this agent: repeated as it is within 15 minutes, or 300 other changes of the document, the call is done once.
    pub once: String,
}

/// Answer to [`ChangeData`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedData {
    /// The document as it is now; `None`: it was of another version, and nothing was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<DataNow>,
}
