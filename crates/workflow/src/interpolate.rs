//! Fills in texts: `#{expr}` is a Jinja expression over the context.
//!
//! Invariants: what an expression gives is never read again for `#{}`; an expression that fails is an error that names it,
//! never a text with a hole; no error text holds a secret's value.

mod engine;
mod error;
mod pieces;
mod scope;
mod step;

pub use error::InterpolationError;
pub use step::Interpolated;

use scope::Scope;
use serde_json::{Map, Value};

use crate::{Context, Secrets, schema::StepSpec, secret};

/// Fills in many texts over one context.
pub struct Interpolator {
    clear: Scope,
    masked: Scope,
    secrets: Secrets,
}

impl Interpolator {
    /// An interpolator over this context.
    pub fn new(ctx: &Context) -> Self {
        Self { clear: Scope::of(ctx), masked: Scope::of(&ctx.masked()), secrets: ctx.secrets.clone().unwrap_or_default() }
    }

    /// The same with these values as `config`: what the texts of one job see.
    #[must_use]
    pub fn with_config(&self, config: &Map<String, Value>) -> Self {
        Self { clear: self.clear.with_config(config), masked: self.masked.with_config(config), secrets: self.secrets.clone() }
    }

    /// `text` with every `#{expr}` filled in.
    ///
    /// # Errors
    /// [`InterpolationError`] for the first expression that cannot be read or evaluated, or is undefined.
    pub fn text(&self, text: &str) -> Result<String, InterpolationError> {
        fill(text, &self.clear).map_err(|error| error.without(&self.secrets))
    }

    /// Like [`Interpolator::text`], with [`crate::MASK`] in the place of every secret value: what may be stored and shown.
    ///
    /// # Errors
    /// As [`Interpolator::text`].
    pub fn masked_text(&self, text: &str) -> Result<String, InterpolationError> {
        Ok(secret::mask_values(fill(text, &self.masked)?, &self.secrets))
    }

    /// Both copies of a step.
    ///
    /// # Errors
    /// [`InterpolationError`] with the field that it stands in.
    pub fn step(&self, step: &StepSpec) -> Result<Interpolated, InterpolationError> {
        step::fill(step, self)
    }

    /// Whether a step with this `when` is to be done.
    ///
    /// # Errors
    /// [`InterpolationError`] for an expression that cannot be read or evaluated, or gives something else than true or
    /// false.
    pub fn when(&self, expression: &str) -> Result<bool, InterpolationError> {
        let bare = bare_expression(expression);
        let value = engine::evaluate(bare, &self.clear).map_err(|reason| InterpolationError::when(expression, reason))?;
        let truth = if value.kind() == minijinja::value::ValueKind::Bool { Some(value.is_true()) } else { None };
        truth.ok_or_else(|| {
            let reason = format!("it gives {}, expected true or false", engine::describe(&value));
            InterpolationError::when(expression, reason).without(&self.secrets)
        })
    }
}

/// `text` with every `#{expr}` filled in.
///
/// # Errors
/// [`InterpolationError`] for the first expression that cannot be read or evaluated, or is undefined.
pub fn interpolate(text: &str, ctx: &Context) -> Result<String, InterpolationError> {
    if text.contains(pieces::OPEN) { Interpolator::new(ctx).text(text) } else { Ok(text.to_owned()) }
}

/// Both copies of a step: the one for its agent, and the one that may be stored and shown.
///
/// # Errors
/// [`InterpolationError`] with the field that it stands in.
pub fn interpolate_step(step: &StepSpec, ctx: &Context) -> Result<Interpolated, InterpolationError> {
    Interpolator::new(ctx).step(step)
}

/// Whether a step with this `when` is to be done.
///
/// # Errors
/// As [`Interpolator::when`].
pub fn when(expression: &str, ctx: &Context) -> Result<bool, InterpolationError> {
    Interpolator::new(ctx).when(expression)
}

/// Whether there is anything to fill in.
pub(crate) fn is_open(text: &str) -> bool {
    text.contains(pieces::OPEN)
}

/// The expressions in `text`, as far as they can be told apart.
pub(crate) fn expressions(text: &str) -> impl Iterator<Item = &str> {
    pieces::split(text).filter_map(|piece| match piece {
        Ok(pieces::Piece::Expression(expression)) => Some(expression),
        _ => None,
    })
}

/// Checks that every `#{expr}` in `text` can be read.
pub(crate) fn check_text(text: &str) -> Result<(), InterpolationError> {
    for piece in pieces::split(text) {
        if let pieces::Piece::Expression(expression) = piece?
            && !engine::is_spaced_name(expression)
        {
            engine::check(expression).map_err(|reason| InterpolationError::in_text(expression, reason))?;
        }
    }
    Ok(())
}

/// Checks that a `when` can be read.
pub(crate) fn check_when(expression: &str) -> Result<(), InterpolationError> {
    let refuse = |reason| InterpolationError { field: None, ..InterpolationError::when(expression, reason) };
    engine::check(bare_expression(expression)).map_err(refuse)
}

fn fill(text: &str, scope: &Scope) -> Result<String, InterpolationError> {
    let mut out = String::with_capacity(text.len());
    for piece in pieces::split(text) {
        match piece? {
            pieces::Piece::Text(text) => out.push_str(text),
            pieces::Piece::Expression(expression) => {
                let filled = engine::evaluate(expression, scope).and_then(|value| engine::to_text(&value));
                out.push_str(&filled.map_err(|reason| InterpolationError::in_text(expression, reason))?);
            }
        }
    }
    Ok(out)
}

/// A `when` may be written like a text, in `#{}`.
fn bare_expression(expression: &str) -> &str {
    let trimmed = expression.trim();
    trimmed.strip_prefix(pieces::OPEN).and_then(|rest| rest.strip_suffix('}')).unwrap_or(trimmed)
}

#[cfg(test)]
mod tests;
