//! From a stage's code to the jobs that this machine can run: evaluated, expanded and filled in just as a server does it.
//!
//! Pure: time, randomness and what is known of the host are arguments.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kraken_domain::{FlowId, JobId, RunId, flow::FlowKind, job::Generation, place::Executor};
use kraken_protocol::{agent::JobOrder, api::FieldProblem};
use kraken_workflow::{
    Checked, Context, Flags, Interpolator, JobPlan, Known, Limits, Problem, SecretKind, check_in, expand, stage_in_run, unknown, unopened,
};
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Outcome};

/// What a run here is given, where on a server it has a flow, a branch and a project.
#[derive(Clone, Debug)]
pub struct Given {
    /// The stage's name.
    pub stage: String,
    /// What the flow is for.
    pub kind: FlowKind,
    /// The repository branch.
    pub branch_name: String,
    /// Arguments; what is missing has the parameters' defaults.
    pub args: BTreeMap<String, Value>,
    /// Secrets: a text, or an object with `user` and `key` or `password`.
    pub secrets: BTreeMap<String, Value>,
    /// Only the jobs of these names; all if empty.
    pub only: Vec<String>,
    /// The system that this host reports.
    pub system: String,
    /// Now.
    pub now: Timestamp,
    /// Tells this run from others.
    pub random: u128,
}

/// What is to be done.
#[derive(Debug)]
pub struct Planned {
    /// The jobs, in an order in which every job comes after those that it needs.
    pub jobs: Vec<LocalJob>,
    /// The limit of the whole run, in seconds.
    pub timeout_s: u32,
    /// What people should know, line by line.
    pub notes: Vec<String>,
}

/// A job for this machine.
#[derive(Debug)]
pub struct LocalJob {
    /// What the agent's code is given.
    pub order: JobOrder,
    /// Names of the jobs that must have gone well first.
    pub needs: Vec<String>,
    /// Why it cannot run here, if it cannot.
    pub not_here: Option<String>,
}

/// Plans the run.
///
/// # Errors
/// [`Failure::Invalid`] with every problem of the stage; [`Failure::NotFound`] if a wanted job does not exist.
pub fn plan(code: &str, given: &Given) -> Outcome<Planned> {
    let ids = Ids::new(given);
    let known = Known { this_stage: Some(given.stage.clone()), secrets: Some(kinds(&given.secrets)), ..Known::default() };
    // First as when it is saved, without arguments.
    let first = checked(code, &known, context(given, &ids, unknown()))?;
    let no_parameter = |name: &&String| !first.parameters.is_empty() && !first.parameters.iter().any(|parameter| parameter.name == **name);
    let notes = given.args.keys().filter(no_parameter).map(|name| format!("the stage has no parameter {name:?}")).collect();
    let ctx = context(given, &ids, Value::Object(given.args.clone().into_iter().collect()));
    let in_run = stage_in_run(code, &ctx, &known, &Limits::default()).map_err(|refused| in_error(refused.problems))?;
    // The agent is given just what a server would store and send.
    let schema = in_run.to_json().map_err(|error| Failure::Other(error.to_string()))?;
    let (stage, ctx) = (in_run.stage, in_run.ctx);

    let texts = Interpolator::new(&ctx);
    let mut jobs = Vec::new();
    for (mut plan, number) in expand(&stage).into_iter().zip(1..) {
        plan.fill(&texts).map_err(|error| Failure::invalid(format!("/jobs/{}: {error}", plan.job)))?;
        if given.only.is_empty() || given.only.contains(&plan.name) {
            jobs.push(job(plan, number, &schema, &ctx, given, &ids));
        }
    }
    if let Some(missing) = given.only.iter().find(|name| jobs.iter().all(|job| job.order.name != **name)) {
        return Err(Failure::NotFound(format!("the stage has no job {missing:?}; `kraken check` lists its jobs")));
    }
    Ok(Planned { jobs: by_needs(jobs), timeout_s: stage.timeout, notes })
}

struct Ids {
    flow: FlowId,
    run: RunId,
}

impl Ids {
    fn new(given: &Given) -> Self {
        let flow = FlowId::new(u64::try_from(given.now.as_millisecond()).unwrap_or(0), given.random);
        Self { flow, run: RunId { flow, number: 1 } }
    }
}

fn checked(code: &str, known: &Known, ctx: Context) -> Outcome<kraken_workflow::StageSchema> {
    let Checked { schema, problems, .. } = check_in(code, known, ctx, &Limits::default());
    schema.ok_or_else(|| in_error(problems))
}

fn in_error(problems: Vec<Problem>) -> Failure {
    Failure::Invalid {
        message: "the stage is in error".to_owned(),
        file: None,
        problems: problems.into_iter().map(|p| FieldProblem { path: p.path, line: p.line, message: p.message }).collect(),
    }
}

fn kinds(secrets: &BTreeMap<String, Value>) -> BTreeMap<String, SecretKind> {
    let kind = |value: &Value| match value {
        Value::Object(fields) if fields.contains_key("key") => SecretKind::SshKey,
        Value::Object(_) => SecretKind::UserPassword,
        _ => SecretKind::Simple,
    };
    secrets.iter().map(|(name, value)| (name.clone(), kind(value))).collect()
}

/// What the stage sees. Nothing here has a history: every number is 1.
fn context(given: &Given, ids: &Ids, args: Value) -> Context {
    let (now, branch) = (given.now, &given.branch_name);
    let seq = json!({"shared": 1, "own": 1});
    Context {
        project: json!({"id": "local", "created": now, "name": "local", "description": "", "data": {}}),
        branch: json!({
            "id": "local", "created": now, "name": branch, "branch_name": branch, "retention_policy": {}, "env_vars": {}, "data": {},
            "data_ci": {}, "data_dev": {}, "project_id": "local", "project_name": "local",
        }),
        stage: json!({"id": "local", "created": now, "name": given.stage, "description": ""}),
        flow: json!({
            "id": ids.flow, "label": "1.", "created": now, "kind": given.kind.as_str(), "branch_name": branch, "args": args, "trigger": {},
            "data": {}, "seq": seq,
        }),
        run: json!({"id": ids.run, "label": "1.", "created": now, "args": args, "reason": "person", "seq": seq}),
        job: json!({}),
        step: json!({}),
        args,
        env: json!({}),
        config: json!({}),
        secrets: Some(unopened(&kinds(&given.secrets))),
        flags: Flags { kind: given.kind, ..Flags::default() },
    }
}

fn job(plan: JobPlan, number: u32, schema: &Value, ctx: &Context, given: &Given, ids: &Ids) -> LocalJob {
    let id = JobId { run: ids.run, number };
    let steps = schema.pointer(&format!("/jobs/{}/steps", plan.job)).and_then(Value::as_array).cloned().unwrap_or_default();
    let context = json!({
        "project": ctx.project, "branch": ctx.branch, "stage": ctx.stage, "flow": ctx.flow, "run": ctx.run, "args": ctx.args, "env": ctx.env,
        "config": Map::from_iter(plan.config.clone()), "job": {"id": id, "created": given.now, "name": plan.name, "steps": []},
    });
    let not_here = match plan.place.executor {
        Executor::Local if plan.place.system == "any" || plan.place.system == given.system => None,
        Executor::Local => Some(format!("it wants {}, and this is {}", plan.place.system, given.system)),
        other => Some(format!("it wants the executor {other}; only local works without an agent")),
    };
    let order = JobOrder {
        job: id,
        generation: Generation::default(),
        lease_until: given.now,
        name: plan.name,
        executor: plan.place.executor,
        system: plan.place.system,
        timeout_s: plan.timeout_s,
        steps,
        context,
        secrets: given.secrets.clone(),
        log_prefix: String::new(),
        artifact_prefix: String::new(),
    };
    LocalJob { order, needs: plan.needs, not_here }
}

/// Every job after those that it needs; otherwise in the stage's order. The check saw to it that there is no cycle.
fn by_needs(mut jobs: Vec<LocalJob>) -> Vec<LocalJob> {
    let mut ordered = Vec::with_capacity(jobs.len());
    while !jobs.is_empty() {
        let left: BTreeSet<String> = jobs.iter().map(|job| job.order.name.clone()).collect();
        let ready = jobs.iter().position(|job| !job.needs.iter().any(|need| left.contains(need)));
        // With names filled in by expressions a cycle may come about all the same: then the stage's order must do.
        ordered.push(jobs.remove(ready.unwrap_or(0)));
    }
    ordered
}

#[cfg(test)]
mod tests;
