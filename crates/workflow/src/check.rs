//! Everything that is wrong with a stage, at once, before it is stored or run.

mod circles;
mod in_run;
mod known;
mod lines;
mod rules;
mod unknown;

use serde_json::{Map, Value};

pub use in_run::{Refused, RunStage, default_args, stage_again, stage_in_run};
pub use known::Known;

use crate::{
    Context, EvalError, Limits,
    context::UNKNOWN,
    eval,
    problem::{Problem, Rule},
    schema::{StageSchema, check_shape},
    secret,
};

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The stage, if nothing is wrong with it.
    pub schema: Option<StageSchema>,
    /// Everything that is wrong, in the order of the rules.
    pub problems: Vec<Problem>,
    /// What the code printed.
    pub printed: Vec<String>,
}

/// Checks a stage's code without a run: what only a run can know is unknown, arguments have the parameters' defaults.
///
/// Blocks as [`crate::evaluate`] does.
pub fn check(code: &str, known: &Known) -> Checked {
    let name = known.this_stage.as_deref().unwrap_or(UNKNOWN);
    check_in(code, known, Context::placeholder(UNKNOWN, UNKNOWN, name), &Limits::default())
}

/// Checks a stage's code with this context: of a run that is about to start, or a placeholder that knows its project and
/// branch.
///
/// Arguments that are unknown in `ctx` get the parameters' defaults.
pub fn check_in(code: &str, known: &Known, mut ctx: Context, limits: &Limits) -> Checked {
    if ctx.secrets.is_none() {
        ctx.secrets = known.secrets.as_ref().map(secret::unopened);
    }
    let mut evaluated = eval::evaluate_aloud(code, &ctx, limits);
    if crate::is_unknown(&ctx.args) && !matches!(evaluated, Err(EvalError::Syntax { .. })) {
        let defaults = defaults(code, &ctx, evaluated.as_ref().map(|first| &first.result), limits);
        if !defaults.is_empty() {
            evaluated = eval::evaluate_aloud(code, &ctx.with_args(defaults), limits);
        }
    }
    match evaluated {
        Ok(evaluated) => {
            let (schema, mut problems) = check_value(&evaluated.result, known);
            rules::check_saved(&evaluated.result, &mut problems);
            problems.sort_by_key(|problem| problem.rule);
            let schema = schema.filter(|_| problems.is_empty());
            lines::find(code, &evaluated.result, &mut problems);
            Checked { schema, problems, printed: evaluated.printed }
        }
        Err(error) => Checked { schema: None, problems: vec![of_evaluation(&error)], printed: Vec::new() },
    }
}

/// Checks what a stage's code returned, also that of a stage that was accepted long ago.
pub fn check_value(stage: &Value, known: &Known) -> (Option<StageSchema>, Vec<Problem>) {
    let stage = &*unknown::keys_in_words(stage);
    let (checked, mut problems) = check_shape(stage);
    problems.extend(rules::check(stage, known));
    problems.sort_by_key(|problem| problem.rule);
    if !problems.is_empty() {
        return (None, problems);
    }
    match StageSchema::from_checked(checked) {
        Ok(schema) => (Some(schema), problems),
        Err(problem) => (None, vec![problem]),
    }
}

/// An evaluation that failed, as a problem.
fn of_evaluation(error: &EvalError) -> Problem {
    let rule = if matches!(error, EvalError::Syntax { .. }) { Rule::Syntax } else { Rule::Evaluation };
    let path = match error {
        EvalError::BadResult { path, .. } => path.clone(),
        _ => String::new(),
    };
    // The line stands beside the message.
    let said = error.to_string();
    let message = error.position().and_then(|at| said.strip_prefix(&format!("{at}: "))).unwrap_or(&said).to_owned();
    Problem { rule, path, line: error.position().map(|at| at.line), message }
}

/// The parameters' defaults of code that came to `evaluated` with `ctx`, whose arguments are unknown.
fn defaults(code: &str, ctx: &Context, evaluated: Result<&Value, &EvalError>, limits: &Limits) -> Map<String, Value> {
    match evaluated {
        Ok(first) => parameter_defaults(first),
        // Without its arguments the code may go wrong: `IMAGES[ctx.args.SYSTEM]`. Its parameters may still be had alone.
        Err(EvalError::Failed { .. }) => eval::parameters_alone(code)
            .and_then(|code| eval::evaluate(&code, ctx, limits).ok())
            .map(|alone| parameter_defaults(&alone))
            .unwrap_or_default(),
        Err(_) => Map::new(),
    }
}

/// The parameters' defaults, as far as the parameters have the right shape.
fn parameter_defaults(stage: &Value) -> Map<String, Value> {
    let parameters = stage.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let default = |parameter: &Value| {
        let name = parameter.get("name")?.as_str()?.to_owned();
        let value = parameter.get("default").and_then(Value::as_str).unwrap_or_default();
        Some((name, Value::from(value)))
    };
    parameters.iter().filter_map(default).collect()
}

#[cfg(test)]
mod tests;
