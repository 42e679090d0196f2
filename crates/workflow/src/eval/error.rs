//! Why a stage's code gave no result. Every limit has its own variant, so that a caller can tell a mistake from a runaway.

use std::fmt;

/// A place in the code, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a stage's code gave no result. All but [`EvalError::Interpreter`] are for the stage's author to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The code is longer than anything a person writes.
    #[error("the code has {bytes} bytes: at most {limit} are evaluated")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The longest that is accepted.
        limit: usize,
    },
    /// The code is not Starlark.
    #[error("{at}: {message}{}", hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    Syntax {
        /// Where.
        at: Position,
        /// What is wrong.
        message: String,
        /// What to write instead, where that is known.
        hint: Option<String>,
    },
    /// Nothing to call.
    #[error("the code defines no function `stage`: write `def stage(ctx):` that returns a dict")]
    NoStage,
    /// The code ran into an error of its own, or called `fail`.
    #[error("{}{message}", at.map(|at| format!("{at}: ")).unwrap_or_default())]
    Failed {
        /// Where, if that is known.
        at: Option<Position>,
        /// What went wrong.
        message: String,
    },
    /// `stage(ctx)` returned something else than a dict.
    #[error("`stage(ctx)` returned {found}: expected a dict")]
    NotADict {
        /// What it returned.
        found: String,
    },
    /// `stage(ctx)` returned a dict with something in it that has no JSON form.
    #[error("`stage(ctx)` returned a value that cannot be used at {path:?}: {reason}")]
    BadResult {
        /// JSON pointer to it.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// More CPU time than allowed.
    #[error("the evaluation took more than {limit_ms} ms of CPU time and was stopped: the code does too much work")]
    CpuLimit {
        /// The limit.
        limit_ms: u64,
    },
    /// More memory than allowed.
    #[error(
        "the evaluation needed more than {limit_bytes} bytes of memory and was stopped: a list, dict or text in the code grows too large"
    )]
    HeapLimit {
        /// The limit.
        limit_bytes: usize,
    },
    /// More instructions than allowed.
    #[error("the evaluation took more than {limit} instructions and was stopped: a loop in the code runs too long")]
    StepLimit {
        /// The limit.
        limit: u64,
    },
    /// Functions that call each other too deep.
    #[error(
        "{}the functions call each other more than {limit} deep: the recursion has no end",
        at.map(|at| format!("{at}: ")).unwrap_or_default()
    )]
    RecursionLimit {
        /// Where, if that is known.
        at: Option<Position>,
        /// The limit.
        limit: usize,
    },
    /// A larger result than allowed.
    #[error("`stage(ctx)` returned more than {limit_bytes} bytes as JSON: the stage is too large")]
    ResultLimit {
        /// The limit.
        limit_bytes: usize,
    },
    /// The evaluation did not react to any limit; it was given up.
    #[error("the evaluation did not end within {limit_ms} ms and was given up: one operation in the code takes too long")]
    Stuck {
        /// How long it was waited for.
        limit_ms: u64,
    },
    /// A fault of the interpreter or of the machine, not of the code: report it, or try again.
    #[error("the code could not be evaluated: {0}")]
    Interpreter(String),
}

impl EvalError {
    /// Where in the code, if that is known.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Syntax { at, .. } => Some(*at),
            Self::Failed { at, .. } | Self::RecursionLimit { at, .. } => *at,
            _ => None,
        }
    }
}
