//! Identifiers. A ULID where a thing stands alone; its parent's id and a number where it lives inside one.
//!
//! A run's id holds its flow's, a job's its run's: `01j9…`, `01j9…-2`, `01j9…-2-13`. So an id alone says where the
//! record lives, ids sort by creation, and no look-up table is needed to find a job's flow.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ulid::Ulid;

/// A text that is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {kind} id: expected {expected}")]
pub struct InvalidId {
    kind: &'static str,
    text: String,
    expected: &'static str,
}

const ULID_SHAPE: &str = "26 letters and digits such as 01j9zqk3v5w8x2y4t6r7n0m1pa";

fn invalid(kind: &'static str, text: &str, expected: &'static str) -> InvalidId {
    // A wrong id may be a pasted page: quote only its beginning.
    InvalidId { kind, text: text.chars().take(60).collect(), expected }
}

/// Ids are written in lower case and read in either.
fn parse_ulid(kind: &'static str, text: &str) -> Result<Ulid, InvalidId> {
    if text.len() != 26 {
        return Err(invalid(kind, text, ULID_SHAPE));
    }
    Ulid::from_string(text).map_err(|_| invalid(kind, text, ULID_SHAPE))
}

/// `number` as ids write it: decimal, no sign, no leading zero, at least 1.
fn parse_number(text: &str) -> Option<u32> {
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

macro_rules! text_serde {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// The id of a thing made at `unix_ms` (milliseconds since 1970), told apart from its contemporaries by `random`.
            pub fn new(unix_ms: u64, random: u128) -> Self {
                Self(Ulid::from_parts(unix_ms, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; ulid::ULID_LEN];
                let text = self.0.array_to_str(&mut text);
                text.make_ascii_lowercase();
                f.write_str(text)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_ulid($kind, text).map(Self)
            }
        }

        text_serde!($name);
    };
}

ulid_id!(
    /// A project.
    ProjectId,
    "a project"
);
ulid_id!(
    /// A branch of a project.
    BranchId,
    "a branch"
);
ulid_id!(
    /// A stage of a branch.
    StageId,
    "a stage"
);
ulid_id!(
    /// A flow.
    FlowId,
    "a flow"
);
ulid_id!(
    /// An agent.
    AgentId,
    "an agent"
);
ulid_id!(
    /// An API, agent or enrolment token (its name, never its secret).
    TokenId,
    "a token"
);

/// A run: its flow, and its number in it from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId {
    /// The flow it is part of.
    pub flow: FlowId,
    /// Its number in the flow, from 1, in order of creation.
    pub number: u32,
}

/// A job: its run, and its number in it from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId {
    /// The run it is part of.
    pub run: RunId,
    /// Its number in the run, from 1, in order of creation; reruns get new numbers.
    pub number: u32,
}

impl JobId {
    /// The flow it is part of.
    pub fn flow(&self) -> FlowId {
        self.run.flow
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.flow, self.number)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.run, self.number)
    }
}

impl FromStr for RunId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let wrong = || invalid("a run", text, "a flow's id, '-' and the run's number");
        let (flow, number) = text.split_once('-').ok_or_else(wrong)?;
        Ok(Self { flow: flow.parse().map_err(|_| wrong())?, number: parse_number(number).ok_or_else(wrong)? })
    }
}

impl FromStr for JobId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let wrong = || invalid("a job", text, "a run's id, '-' and the job's number");
        let (run, number) = text.rsplit_once('-').ok_or_else(wrong)?;
        Ok(Self { run: run.parse().map_err(|_| wrong())?, number: parse_number(number).ok_or_else(wrong)? })
    }
}

text_serde!(RunId);
text_serde!(JobId);

#[cfg(test)]
mod tests;
