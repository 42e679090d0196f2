//! User data: JSON documents that jobs and people keep on the server, one for each of five scopes.
//!
//! Pure: a change is a function of the document that was read. Invariant: whatever is done to it, a document is an object of at most
//! [`DATA_BYTES_MAX`] bytes and [`DATA_DEPTH_MAX`] levels; a change that would break that, or that does not fit what is there, changes
//! nothing. A change that comes again under its name is done once.

mod change;
mod limits;
mod place;

use std::{collections::VecDeque, fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use change::{DataChange, PATCH_OPERATIONS_MAX};
pub use limits::{DATA_BYTES_MAX, DATA_DEPTH_MAX, check_document};
pub use place::found_at;

use crate::{BranchId, FlowId, ProjectId};

/// How long the name of a change is remembered: a call whose answer was lost is repeated within this time.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);
/// At most so many names are, the newest: there is no room for more beside a document.
const CHANGES_REMEMBERED: usize = 300;

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

/// A change that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DoneChange {
    /// Its name, and the second since 1970 in which it was done.
    At(String, i64),
    /// Its name alone, as it was kept before: done no later than the document was last changed.
    Undated(String),
}

impl DoneChange {
    fn name(&self) -> &str {
        match self {
            Self::At(name, _) | Self::Undated(name) => name,
        }
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataDocument {
    /// Whose it is.
    pub owner: DataOwner,
    /// An object.
    pub value: Value,
    /// The last changes that have names, oldest first: one of them that comes again was done already.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub changes: VecDeque<DoneChange>,
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
        self.changes.iter().any(|done| done.name() == once)
    }

    /// The document after `change`, which is called `once` if it may come again; `None`: it is as it was. A change that has a name and changes
    /// nothing is remembered as well: its repetition must not undo what others did meanwhile.
    ///
    /// # Errors
    /// [`InvalidData`] says what does not fit; nothing is changed then.
    pub fn changed(&self, change: &DataChange, once: Option<&str>, now: Timestamp) -> Result<Option<Self>, InvalidData> {
        if once.is_some_and(|once| self.has_done(once)) {
            return Ok(None);
        }
        let value = change.applied_to(&self.value)?;
        let same = value == self.value;
        if same && once.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            owner: self.owner,
            value,
            changes: self.remembering(once, now),
            changed_at: if same { self.changed_at } else { now },
        }))
    }

    /// The names that are remembered after a change at `now`.
    fn remembering(&self, once: Option<&str>, now: Timestamp) -> VecDeque<DoneChange> {
        let since = now.as_second().saturating_sub(REMEMBERED.as_secs());
        let dated = self.changes.iter().map(|done| match done {
            DoneChange::At(name, at) => (name, *at),
            DoneChange::Undated(name) => (name, self.changed_at.as_second()),
        });
        let young = dated.filter(|(_, at)| *at >= since).map(|(name, at)| DoneChange::At(name.clone(), at));
        let mut changes: VecDeque<DoneChange> = young.collect();
        changes.extend(once.map(|once| DoneChange::At(once.to_owned(), now.as_second())));
        while changes.len() > CHANGES_REMEMBERED {
            changes.pop_front();
        }
        changes
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
