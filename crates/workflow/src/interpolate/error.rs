//! Why a text could not be filled in.

use std::fmt;

use crate::{Secrets, secret};

/// Why a text could not be filled in: it fails the step, label or channel that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterpolationError {
    /// The field of the step that it stands in, as a JSON pointer; `None` for a text that stands alone.
    pub field: Option<String>,
    /// The expression as it was written.
    pub expression: String,
    /// What is wrong with it.
    pub reason: String,
}

impl std::error::Error for InterpolationError {}

impl fmt::Display for InterpolationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "the expression {} cannot be evaluated: {}", self.expression, self.reason)
    }
}

impl InterpolationError {
    pub(super) fn in_text(expression: &str, reason: impl Into<String>) -> Self {
        Self { field: None, expression: format!("#{{{expression}}}"), reason: reason.into() }
    }

    pub(super) fn when(expression: &str, reason: impl Into<String>) -> Self {
        Self { field: Some("/when".to_owned()), expression: expression.to_owned(), reason: reason.into() }
    }

    pub(super) fn in_field(self, field: String) -> Self {
        Self { field: Some(field), ..self }
    }

    /// The same error with every secret value masked.
    pub(super) fn without(self, secrets: &Secrets) -> Self {
        Self { reason: secret::mask_values(self.reason, secrets), ..self }
    }
}
