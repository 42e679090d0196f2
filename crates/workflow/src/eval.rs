//! Evaluates a stage's code: Starlark text that defines `stage(ctx)`, in a sandbox.
//!
//! The code sees nothing but its context: no I/O, no clock, no randomness, so the same code and context give the same
//! result. It runs on a thread of its own, with a stack of known size, never on the caller's; every limit of
//! [`Limits`] ends it with an error of its own. Invariant: whatever the code does, [`evaluate`] returns.

mod advice;
mod builtins;
mod error;
mod guarded_text;
mod guards;
mod insertions;
mod limits;
mod operators;
mod output;
mod reference;
mod rewrite;
mod sandbox;
mod sizes;
mod tabs;
mod tokens;
mod tree;
mod unknown;

use serde_json::Value;

pub use error::{EvalError, Position};
pub use limits::Limits;
pub(crate) use sandbox::{Entry, entries, parameters_alone};

use crate::Context;

/// What an evaluation gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// What `stage(ctx)` returned.
    pub result: Value,
    /// What the code printed, a line for each `print`, up to 64 KiB.
    pub printed: Vec<String>,
}

/// Calls `stage(ctx)` of this code and gives what it returned.
///
/// Blocks for as long as the evaluation takes (at most [`Limits::patience`]): an async caller moves it to a blocking
/// thread.
///
/// # Errors
/// [`EvalError`], one variant for each limit.
pub fn evaluate(code: &str, ctx: &Context, limits: &Limits) -> Result<Value, EvalError> {
    evaluate_aloud(code, ctx, limits).map(|evaluated| evaluated.result)
}

/// Like [`evaluate`], with what the code printed.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_aloud(code: &str, ctx: &Context, limits: &Limits) -> Result<Evaluated, EvalError> {
    sandbox::run(code, tree::Node::of(ctx), limits)
}

#[cfg(test)]
mod tests;
