//! kraken-workflow.
mod context;
mod eval;
mod problem;
mod secret;
pub use context::{Context, Flags, is_unknown, unknown};
pub use eval::{EvalError, Evaluated, Limits, Position, evaluate, evaluate_aloud};
pub use problem::{Problem, Rule};
pub use secret::{MASK, Secret, SecretKind, Secrets};
