//! Cuts a text into what stands as it is and what is to be evaluated.

use super::error::InterpolationError;

/// What an expression begins with.
pub(super) const OPEN: &str = "#{";

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Stands as it is.
    Text(&'t str),
    /// Stood between `#{` and `}`, without white space around it.
    Expression(&'t str),
}

/// The pieces of `text`, in order.
pub(super) fn split(text: &str) -> impl Iterator<Item = Result<Piece<'_>, InterpolationError>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(at) = rest.find(OPEN) else { return Some(Ok(Piece::Text(std::mem::take(&mut rest)))) };
        if at > 0 {
            let (before, after) = rest.split_at(at);
            rest = after;
            return Some(Ok(Piece::Text(before)));
        }
        let inside = &rest[OPEN.len()..];
        let Some(length) = expression_length(inside) else {
            let start: String = inside.chars().take(40).collect();
            rest = "";
            let reason = "it has no closing `}`; to write the sign itself write #{'#{'}";
            return Some(Err(InterpolationError { field: None, expression: format!("#{{{start}"), reason: reason.to_owned() }));
        };
        rest = &inside[length + 1..];
        let expression = inside[..length].trim();
        if expression.is_empty() {
            return Some(Err(InterpolationError::in_text(expression, "it is empty")));
        }
        Some(Ok(Piece::Expression(expression)))
    })
}

/// The length of the expression that `inside` begins with, up to its closing brace: braces inside of it are paired, and
/// those in texts in quotes do not count.
fn expression_length(inside: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}
