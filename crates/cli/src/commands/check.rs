//! `kraken check`: is a stage right, as far as can be told without a server?

use std::path::PathBuf;

use clap::Args;
use kraken_protocol::api::{FieldProblem, ParameterView, PlannedJob, PlannedStep, StageChecked};
use kraken_workflow::{Checked, JobPlan, Known, Parameter, Problem};

use super::{input::read_code, stage::checked_answer};
use crate::{failure::Outcome, session::Session};

/// Check a stage without any server: all problems with line and path
#[derive(Debug, Args)]
#[command(after_help = "Parents, agents groups, secrets and added tools are known to a server only; `kraken stage check` asks one.")]
pub struct CheckArgs {
    /// The stage's code; - reads the standard input
    file: PathBuf,
    /// The stage's name, to find it among its own parents
    #[arg(long)]
    name: Option<String>,
}

/// Does it.
pub fn run(args: &CheckArgs, session: &mut Session) -> Outcome {
    let code = read_code(&args.file)?;
    let known = Known { this_stage: args.name.clone(), ..Known::default() };
    let checked = kraken_workflow::check(&code, &known);
    for line in &checked.printed {
        session.screen.note(&format!("print: {line}"))?;
    }
    checked_answer(answer(checked), &args.file, session)
}

/// In the words of the API, so that scripts read both alike.
pub(super) fn answer(checked: Checked) -> StageChecked {
    let jobs = checked.schema.as_ref().map(kraken_workflow::expand).unwrap_or_default();
    let parameters = checked.schema.map(|schema| schema.parameters).unwrap_or_default();
    StageChecked {
        ok: checked.problems.is_empty(),
        problems: checked.problems.into_iter().map(problem).collect(),
        jobs: jobs.into_iter().map(planned).collect(),
        parameters: parameters.into_iter().map(parameter).collect(),
    }
}

fn problem(problem: Problem) -> FieldProblem {
    FieldProblem { path: problem.path, line: problem.line, message: problem.message }
}

fn parameter(parameter: Parameter) -> ParameterView {
    let Parameter { name, kind, default, description, choices } = parameter;
    ParameterView { name, kind, default, description, choices }
}

fn planned(plan: JobPlan) -> PlannedJob {
    PlannedJob {
        config: plan.place.config,
        timeout_s: plan.timeout_s,
        needs: plan.needs,
        name: plan.name,
        system: plan.place.system,
        executor: plan.place.executor.as_str().to_owned(),
        agents_group: plan.place.group,
        steps: u32::try_from(plan.steps.len()).unwrap_or(u32::MAX),
        step_list: plan.steps.into_iter().map(|step| PlannedStep { name: step.name, tool: step.tool }).collect(),
    }
}
