//! Whether what a flow is started with is what its stages ask for.
//!
//! Invariant: whoever starts the flow, an argument that a stage names as a parameter is of that parameter's type and one of its choices.
//! Arguments that no stage names are nobody's business.

use std::collections::BTreeMap;

use kraken_domain::record::{Parameter, Stage};
use kraken_protocol::api::FieldProblem;
use serde_json::Value;

use crate::ControlError;

/// Characters of a value that are told.
const SHOWN_MAX: usize = 80;
/// Choices that are told.
const CHOICES_SHOWN_MAX: usize = 20;

/// Holds the arguments of a flow to the parameters of the stages that may see them.
///
/// # Errors
/// [`ControlError::Invalid`] with each argument that is something else than a stage asks for.
pub(super) fn held_to<'s>(args: &BTreeMap<String, Value>, stages: impl IntoIterator<Item = &'s Stage>) -> Result<(), ControlError> {
    if args.is_empty() {
        return Ok(());
    }
    let asked = stages.into_iter().flat_map(|stage| stage.parameters.iter().map(move |parameter| (stage, parameter)));
    let problems: Vec<FieldProblem> = asked.filter_map(|(stage, asked)| problem(&stage.name, asked, args.get(&asked.name)?)).collect();
    if problems.is_empty() { Ok(()) } else { Err(ControlError::Invalid(problems)) }
}

fn problem(stage: &str, asked: &Parameter, given: &Value) -> Option<FieldProblem> {
    let expected = match given {
        Value::String(text) if asked.choices.is_empty() || asked.choices.contains(text) || *text == asked.default => return None,
        Value::String(_) => {
            let shown: Vec<String> = asked.choices.iter().take(CHOICES_SHOWN_MAX).map(|choice| format!("{choice:?}")).collect();
            let more = asked.choices.len().saturating_sub(CHOICES_SHOWN_MAX);
            let more = if more > 0 { format!(" or one of {more} more") } else { String::new() };
            format!("one of {}{more}", shown.join(", "))
        }
        _ => "a text".to_owned(),
    };
    let given = given.to_string();
    let shown: String = given.chars().take(SHOWN_MAX).collect();
    let cut = if shown.len() < given.len() { "…" } else { "" };
    Some(FieldProblem {
        path: format!("/args/{}", asked.name.replace('~', "~0").replace('/', "~1")),
        line: None,
        message: format!("{} is {shown}{cut}: stage {stage} expects {expected}", asked.name),
    })
}
