//! What a tool may ask of its agent. The tool never talks to the network for artifacts: the agent does, from and to the workspace.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Data;

/// A wish of a tool. It waits for the [`Reply`] with the same `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the tool, unique in the step.
    pub id: u64,
    /// What it wants.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What a tool may want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Ask {
    /// Files of earlier runs of the same flow. Answered with [`Answer::ArtifactsFetched`].
    FetchArtifacts {
        /// Paths and patterns (`*`, `**`), all of which one run must have.
        sources: Vec<String>,
    },
    /// Keep these files. Answered with [`Answer::ArtifactsStored`] when they are stored.
    UploadArtifacts {
        /// The files; each must still have the size and checksum named here.
        files: Vec<FileEntry>,
        /// Whether they may be fetched without a token.
        #[serde(default)]
        public: bool,
        /// The `name` of the one that is the entry page of a report.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report_entry: Option<String>,
    },
    /// User data. Answered with [`Answer::Data`].
    ReadData {
        /// Which: `flow`, `branch`, `branch-ci`, `branch-dev`, `project`.
        scope: String,
    },
    /// Change user data: a value or a patch. Answered with [`Answer::DataChanged`] or [`Answer::DataMoved`].
    ChangeData {
        /// Which, and how.
        #[serde(flatten)]
        data: Data,
        /// Only if they are of this version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<u64>,
    },
    /// Something that a later version wants: answered with [`Answer::Error`].
    #[serde(other)]
    Unknown,
}

/// A file that goes between tool and agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Where it lies: relative to the workspace, no `..`.
    pub path: String,
    /// Its path as users see it: relative, `/`-separated, no `..`.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Unix permission bits.
    #[serde(default = "plain_file")]
    pub mode: u32,
}

fn plain_file() -> u32 {
    0o644
}

/// The answer to a [`Request`], one line on the tool's standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's id.
    pub id: u64,
    /// What came of it.
    #[serde(flatten)]
    pub answer: Answer,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Answer {
    /// The files are in the workspace, below `.kraken/inbox/`. They belong to the tool now.
    ArtifactsFetched {
        /// The files; `path` is where each lies now.
        files: Vec<FileEntry>,
    },
    /// The files are stored.
    ArtifactsStored,
    /// The data as they are.
    Data {
        /// All of them: an object.
        value: Value,
        /// Goes up with every change; 0: nobody has written them.
        version: u64,
    },
    /// The data are changed.
    DataChanged {
        /// The version that they have now.
        version: u64,
    },
    /// The data are of another version than the tool named: read them again.
    DataMoved,
    /// It could not be done.
    Error {
        /// Why, and what to do about it.
        message: String,
    },
    /// Something that a later version answers: an error to the tool.
    #[serde(other)]
    Unknown,
}
