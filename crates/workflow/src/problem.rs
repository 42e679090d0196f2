//! One thing that is wrong with a stage, in the words that its author reads.

use std::fmt;

use serde::Serialize;

/// Which rule a problem breaks, in the order in which they are checked and listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The code is not Starlark.
    Syntax,
    /// The code gave no result.
    Evaluation,
    /// A key or value that the schema does not have.
    Shape,
    /// A tool that nobody knows.
    Tool,
    /// A parent that is not there, or a cycle.
    Parent,
    /// Two jobs of one name, or a need that is not there.
    Job,
    /// A secret that is not there, or of another kind.
    Secret,
    /// An agents group that is not there.
    Group,
    /// An expression that cannot be read.
    Expression,
    /// A duration, date or cron that cannot be read.
    Time,
}

/// One thing that is wrong with a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which rule it breaks.
    pub rule: Rule,
    /// JSON pointer to the value in the schema; empty for the whole.
    pub path: String,
    /// The line in the code, counted from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// The JSON pointer (RFC 6901) with these parts.
pub(crate) fn pointer<S: AsRef<str>>(parts: &[S]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push('/');
        out.push_str(&part.as_ref().replace('~', "~0").replace('/', "~1"));
    }
    out
}
