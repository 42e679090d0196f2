//! User data: JSON documents that jobs and people keep on the server, one for each of five scopes.
//!
//! Pure: a change is a function of the document that was read. Invariant: whatever is done to it, a document is an object of at most
//! [`DATA_BYTES_MAX`] bytes and [`DATA_DEPTH_MAX`] levels; a change that would break that, or that does not fit what is there, changes
//! nothing. A change that comes again under its name is done once.

mod change;
mod limits;
mod place;

use std::{collections::VecDeque, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use change::{DataChange, PATCH_OPERATIONS_MAX};
pub use limits::{DATA_BYTES_MAX, DATA_DEPTH_MAX, check_document};
pub use place::found_at;

use crate::{BranchId, FlowId, ProjectId};

/// So many names of changes are remembered: a call whose answer was lost is repeated within seconds.
const CHANGES_REMEMBERED: usize = 64;

/// Whose data, seen from a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataScope {
    /// Its flow's.
    Flow,
    /// Its branch's.
    Branch,
    /// That of the CI flows of its branch.
    BranchCi,
    /// That of the DEV flows of its branch.
    BranchDev,
    /// Its project's.
    Project,
}

impl DataScope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Flow, Self::Branch, Self::BranchCi, Self::BranchDev, Self::Project];

    /// The word that stages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Branch => "branch",
            Self::BranchCi => "branch-ci",
            Self::BranchDev => "branch-dev",
            Self::Project => "project",
        }
    }

    /// The document that the scope means for a job of these.
    pub fn of(self, project: ProjectId, branch: BranchId, flow: FlowId) -> DataOwner {
        match self {
            Self::Flow => DataOwner::Flow(flow),
            Self::Branch => DataOwner::Branch(branch),
            Self::BranchCi => DataOwner::BranchCi(branch),
            Self::BranchDev => DataOwner::BranchDev(branch),
            Self::Project => DataOwner::Project(project),
        }
    }
}

impl fmt::Display for DataScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DataScope {
    type Err = InvalidData;

    fn from_str(text: &str) -> Result<Self, InvalidData> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| InvalidData::Scope(shortened(text)))
    }
}

/// Whose data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataOwner {
    /// A flow's.
    Flow(FlowId),
    /// A branch's.
    Branch(BranchId),
    /// That of the CI flows of a branch.
    BranchCi(BranchId),
    /// That of the DEV flows of a branch.
    BranchDev(BranchId),
    /// A project's.
    Project(ProjectId),
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataDocument {
    /// Whose it is.
    pub owner: DataOwner,
    /// An object.
    pub value: Value,
    /// Names of the last changes, oldest first: one of them that comes again was done already.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub changes: VecDeque<String>,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

impl DataDocument {
    /// A document in which there is nothing yet.
    pub fn new(owner: DataOwner, now: Timestamp) -> Self {
        Self { owner, value: empty(), changes: VecDeque::new(), changed_at: now }
    }

    /// Whether the change of that name was done already, not long ago.
    pub fn has_done(&self, once: &str) -> bool {
        self.changes.iter().any(|done| done == once)
    }

    /// The document after `change`, which is called `once` if it may come again; `None`: it is as it was.
    ///
    /// # Errors
    /// [`InvalidData`] says what does not fit; nothing is changed then.
    pub fn changed(&self, change: &DataChange, once: Option<&str>, now: Timestamp) -> Result<Option<Self>, InvalidData> {
        if once.is_some_and(|once| self.has_done(once)) {
            return Ok(None);
        }
        let value = change.applied_to(&self.value)?;
        if value == self.value {
            return Ok(None);
        }
        let mut changes = self.changes.clone();
        changes.extend(once.map(str::to_owned));
        while changes.len() > CHANGES_REMEMBERED {
            changes.pop_front();
        }
        Ok(Some(Self { owner: self.owner, value, changes, changed_at: now }))
    }
}

/// What a document is that nobody has written.
pub fn empty() -> Value {
    Value::Object(Map::new())
}

/// What is wrong with a document, a place in it, or a change of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidData {
    /// Not one of the five.
    #[error("the scope {0:?} is none: expected flow, branch, branch-ci, branch-dev or project")]
    Scope(String),
    /// The whole would be something else.
    #[error("the document would be {0}: expected an object; give a json_pointer to set a value in it")]
    NotAnObject(&'static str),
    /// Too large.
    #[error("the document would have more than {DATA_BYTES_MAX} bytes as JSON: keep large things as artifacts")]
    TooLarge,
    /// Too deep.
    #[error("the document would have more than {DATA_DEPTH_MAX} levels of lists and objects in each other")]
    TooDeep,
    /// Not a place in a document.
    #[error("the JSON pointer {pointer:?} is none: {why}")]
    Pointer {
        /// What was given, shortened.
        pointer: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A place that cannot be made in what is there.
    #[error("nothing can be set at {pointer:?}: {why}")]
    NoPlace {
        /// What was given, shortened.
        pointer: String,
        /// What is in the way.
        why: String,
    },
    /// Not a patch.
    #[error("that is no JSON Patch (RFC 6902): {0}")]
    NotAPatch(String),
    /// An operation of a patch that cannot be done.
    #[error("operation {index} of the patch cannot be done at {path:?}: {why}")]
    Operation {
        /// Which, from 0.
        index: usize,
        /// Its path, shortened.
        path: String,
        /// Why.
        why: String,
    },
    /// What a patch wants to be so is not.
    #[error("operation {index} of the patch tests {path:?}, and the value there is another one")]
    TestFailed {
        /// Which, from 0.
        index: usize,
        /// Its path, shortened.
        path: String,
    },
}

/// Enough of a text to know it again.
fn shortened(text: &str) -> String {
    const SHOWN_CHARS: usize = 200;
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What a value is, in words.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
