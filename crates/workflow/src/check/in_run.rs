//! What a stage comes to in a run: with its arguments, and wholly known.
//!
//! The one way from code to what is stored and sent to agents: servers and `kraken run` go it, and so do the tests of the language.
//! Invariant: nothing of what comes out stands for something else; what a run does not know is a problem, not a placeholder.

use serde_json::{Map, Value};

use super::{Known, check_value, defaults, lines, of_evaluation, unknown};
use crate::{Context, Limits, Problem, StageSchema, eval};

/// A stage as a run has it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunStage {
    /// The stage, every default filled in. As JSON it is what is stored with the run and sent to its agents.
    pub stage: StageSchema,
    /// What the run sees: its arguments are those that were given, over the parameters' defaults.
    pub ctx: Context,
}

impl RunStage {
    /// The run's arguments.
    pub fn args(&self) -> Map<String, Value> {
        self.ctx.args.as_object().cloned().unwrap_or_default()
    }

    /// The stage as it is stored and sent: whatever the code left out or wrote in a short form is there.
    ///
    /// # Errors
    /// A fault of ours: every stage has a JSON form.
    pub fn to_json(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(&self.stage)
    }
}

/// Why a run gives no jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
    /// What the code returned, if it returned anything.
    pub returned: Option<Value>,
}

impl Refused {
    /// The problems, a line for each.
    pub fn note(&self) -> String {
        self.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}

/// Evaluates and checks a stage's code for a run with the context `ctx`, whose arguments are those that somebody gave: the parameters'
/// defaults stand for the others.
///
/// Blocks as [`crate::evaluate`] does, for up to four evaluations.
///
/// # Errors
/// [`Refused`] with everything that is wrong, what the run would have to know and does not among it.
pub fn stage_in_run(code: &str, ctx: &Context, known: &Known, limits: &Limits) -> Result<RunStage, Refused> {
    let given = ctx.args.as_object().cloned().unwrap_or_default();
    let ctx = with_args(ctx, given.clone());
    let first = checked(code, &ctx, known, limits);
    let mut args = match &first {
        Ok(stage) => stage.default_args(),
        // Code that needs an argument nobody gave may have a default for it.
        Err(_) => default_args(code, &ctx, limits),
    };
    args.extend(given.clone());
    if args == given {
        return Ok(RunStage { stage: first?, ctx });
    }
    // Only the stage says which parameters there are: with their defaults it is evaluated once more.
    let ctx = with_args(&ctx, args);
    Ok(RunStage { stage: checked(code, &ctx, known, limits)?, ctx })
}

/// A stage that a run began with, as it was stored; `ctx` has the run's arguments.
///
/// # Errors
/// [`Refused`] for one that no version of ours stored.
pub fn stage_again(stored: &Value, ctx: Context) -> Result<RunStage, Refused> {
    match check_value(stored, &Known::default()) {
        (Some(stage), _) => Ok(RunStage { stage, ctx }),
        (None, problems) => Err(Refused { problems, returned: None }),
    }
}

/// The parameters' defaults, as far as they can be learnt without any argument.
pub fn default_args(code: &str, ctx: &Context, limits: &Limits) -> Map<String, Value> {
    let ctx = Context { args: crate::unknown(), ..ctx.clone() };
    let evaluated = eval::evaluate(code, &ctx, limits);
    defaults(code, &ctx, evaluated.as_ref(), limits)
}

fn with_args(ctx: &Context, args: Map<String, Value>) -> Context {
    let mut ctx = ctx.clone();
    if let Some(run) = ctx.run.as_object_mut() {
        run.insert("args".to_owned(), Value::Object(args.clone()));
    }
    ctx.with_args(args)
}

fn checked(code: &str, ctx: &Context, known: &Known, limits: &Limits) -> Result<StageSchema, Refused> {
    let returned = eval::evaluate(code, ctx, limits);
    let returned = returned.map_err(|error| Refused { problems: vec![of_evaluation(&error)], returned: None })?;
    let (stage, others) = check_value(&returned, known);
    let mut problems = unknown::places(&returned);
    match stage {
        Some(stage) if problems.is_empty() => Ok(stage),
        _ => {
            problems.extend(others);
            lines::find(code, &returned, &mut problems);
            Err(Refused { problems, returned: Some(returned) })
        }
    }
}

#[cfg(test)]
mod tests;
