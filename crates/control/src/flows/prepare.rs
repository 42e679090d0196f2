//! From a run and its stage's code to its jobs: evaluate, expand. Writes nothing but the spec.

use std::collections::HashSet;

use kraken_domain::{
    JobId, ProjectId, Timestamp,
    concurrency::Membership,
    job::{Generation, Job, JobState, Outcome, Verdict},
    needs::{Graph, Order},
    place::ALL_AGENTS,
    record::SpecRef,
    run::{Run, RunEvent},
    step::Step,
    timeout::limit,
};
use kraken_store::{Durations, WRITES_MAX};
use kraken_workflow::{Context, Interpolator, JobPlan, Known, Limits, Notification, StageSchema, interpolate};
use serde_json::{Map, Value};

use super::{
    audience::{Audience, audience},
    context::RunContext,
    create_run::BESIDES_MAX,
    seen_data::code_speaks_of_data,
};
use crate::{Control, ControlError, Spec};

/// A run as it goes on from `creating`, and its jobs.
pub(crate) struct PreparedRun {
    pub(crate) run: Run,
    pub(crate) jobs: Vec<Job>,
    /// What the stage wants its flow to be called.
    pub(crate) flow_label: Option<String>,
}

impl PreparedRun {
    /// Writes of its jobs: themselves, and a note of those that are over at once.
    pub(super) fn writes(&self) -> usize {
        self.jobs.len() + usize::from(self.run.ordered)
    }
}

/// What a stage's code came to.
struct Evaluated {
    schema: Value,
    timeout_s: u32,
    run_label: Option<String>,
    flow_label: Option<String>,
    args: Map<String, Value>,
    plans: Vec<JobPlan>,
    /// Whether the stage names somebody to be told of its runs.
    notices: bool,
    /// Who needs whom; `None`: nobody anybody.
    graph: Option<Graph>,
    concurrency: Option<Membership>,
}

impl Control {
    /// Decides how a run in state `creating` goes on: with jobs, waiting for a person, or in error.
    ///
    /// # Errors
    /// [`ControlError`] when the object store failed; a stage in error is an answer, not an error.
    pub(crate) async fn prepare_run(&self, context: RunContext, code: &str) -> Result<PreparedRun, ControlError> {
        let now = self.clock.now();
        let owned = code.to_owned();
        let seen = context.for_stage();
        // A large run whose creation was interrupted goes on with what it began with, whatever has changed since.
        let begun = match &context.run.spec {
            Some(spec) => Some(self.spec(&spec.sha256).await?),
            None => None,
        };
        // Evaluation may take its full second: never on a thread that serves others.
        let evaluated = tokio::task::spawn_blocking(move || match begun {
            // Whom to tell is known of what has begun.
            Some(spec) => planned_again(&spec.schema, &seen).map_err(|broken| (broken.note, None)),
            None => evaluate(&owned, &seen).map_err(|broken| {
                let told = audience(&owned, broken.returned.as_ref(), &seen);
                (broken.note, told)
            }),
        });
        let evaluated = evaluated.await;
        let evaluated = evaluated.map_err(|error| ControlError::Internal(format!("the evaluation of a stage broke: {error}")))?;
        let mut run = context.run;
        let evaluated = match evaluated {
            Ok(evaluated) => evaluated,
            Err((note, told)) => {
                if let Some(Audience { stage, args }) = told {
                    run.notices = true;
                    run.args = args.into_iter().collect();
                    run.audience = Some(self.store_spec(Spec { code: String::new(), schema: stage, data: None }).await?);
                }
                return Ok(PreparedRun { run: run.on(RunEvent::Invalid { note }, now)?.next, jobs: Vec::new(), flow_label: None });
            }
        };
        run.timeout_s = evaluated.timeout_s;
        run.notices = evaluated.notices;
        run.args = evaluated.args.into_iter().collect();
        if let Some(label) = evaluated.run_label {
            run.label = label;
        }
        run.ordered = evaluated.graph.is_some();
        // One that waited for its turn stays in the group that it waited in.
        run.concurrency = run.concurrency.take().or(evaluated.concurrency);
        let sha256 = match run.spec.take() {
            Some(begun) => begun.sha256,
            None => {
                // Only what does not fit into one commit is planned again.
                let again = evaluated.plans.len() + BESIDES_MAX > WRITES_MAX && code_speaks_of_data(code);
                let data = again.then_some(context.data);
                self.store_spec(Spec { code: code.to_owned(), schema: evaluated.schema, data }).await?
            }
        };
        let missing = self.missing_groups(run.project, &evaluated.plans).await?;
        let durations = self.store.durations(run.stage).await?.map_or_else(|| Durations::none(run.stage), |read| read.value);
        let ground = Ground { sha256, missing, durations, graph: evaluated.graph, now };
        let jobs: Vec<Job> = evaluated.plans.iter().zip(1..).map(|(plan, number)| job(&run, plan, number, &ground)).collect();
        let spec = SpecRef { sha256: ground.sha256, job: 0 };
        let event = RunEvent::Created { spec, jobs: u32::try_from(jobs.len()).unwrap_or(u32::MAX) };
        Ok(PreparedRun { run: run.on(event, now)?.next, jobs, flow_label: evaluated.flow_label })
    }

    /// The groups that plans name and that do not exist, or are for another project.
    async fn missing_groups(&self, project: ProjectId, plans: &[JobPlan]) -> Result<HashSet<String>, ControlError> {
        let named: HashSet<&str> = plans.iter().map(|plan| plan.place.group.as_str()).filter(|group| *group != ALL_AGENTS).collect();
        let mut missing = HashSet::new();
        for group in named {
            let usable = self.store.group(group).await?.is_some_and(|group| group.project.is_none_or(|owner| owner == project));
            if !usable {
                missing.insert(group.to_owned());
            }
        }
        Ok(missing)
    }
}

/// Why a stage gives no jobs, and what its code returned, if it returned anything.
struct Broken {
    note: String,
    returned: Option<Value>,
}

impl Broken {
    /// After the code returned that: it is copied only where something is wrong.
    fn after(returned: &Value) -> impl FnOnce(String) -> Self {
        move |note| Self { note, returned: Some(returned.clone()) }
    }
}

fn evaluate(code: &str, ctx: &Context) -> Result<Evaluated, Broken> {
    let given = ctx.args.as_object().cloned().unwrap_or_default();
    let (defaults, first) = match schema_of(code, ctx) {
        Ok((schema, stage)) => (stage.default_args(), Ok((schema, stage))),
        // Code that needs an argument nobody gave may have a default for it.
        Err(why) => (defaults_of(code, ctx), Err(why)),
    };
    let mut args = defaults;
    args.extend(given.clone());
    if args == given {
        let (schema, stage) = first?;
        return evaluated(schema, &stage, ctx, args);
    }
    // Only the schema says which parameters there are: with their defaults it is evaluated once more.
    let ctx = with_args(ctx, Value::Object(args.clone()));
    let (schema, stage) = schema_of(code, &ctx)?;
    evaluated(schema, &stage, &ctx, args)
}

/// The parameters' defaults as far as they can be learnt without any argument.
pub(super) fn defaults_of(code: &str, ctx: &Context) -> Map<String, Value> {
    let ctx = with_args(ctx, kraken_workflow::unknown());
    let schema = kraken_workflow::evaluate(code, &ctx, &Limits::default());
    let stage = schema.ok().and_then(|schema| StageSchema::from_value(&schema).ok());
    stage.map(|stage| stage.default_args()).unwrap_or_default()
}

fn with_args(ctx: &Context, args: Value) -> Context {
    let mut ctx = ctx.clone();
    if let Some(run) = ctx.run.as_object_mut() {
        run.insert("args".to_owned(), args.clone());
    }
    ctx.args = args;
    ctx
}

/// The stage, held to every rule that does not depend on what else there is: that was looked at when it was saved.
fn schema_of(code: &str, ctx: &Context) -> Result<(Value, StageSchema), Broken> {
    let schema = kraken_workflow::evaluate(code, ctx, &Limits::default());
    let schema = schema.map_err(|error| Broken { note: error.to_string(), returned: None })?;
    match kraken_workflow::check_value(&schema, &Known::default()) {
        (Some(stage), problems) if problems.is_empty() => Ok((schema, stage)),
        (_, problems) => Err(Broken { note: lines(&problems), returned: Some(schema) }),
    }
}

fn lines(problems: &[kraken_workflow::Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The jobs of a stored schema, with the arguments that its run already has.
fn planned_again(schema: &Value, ctx: &Context) -> Result<Evaluated, Broken> {
    let (stage, problems) = kraken_workflow::check_value(schema, &Known::default());
    let stage = stage.ok_or_else(|| Broken { note: lines(&problems), returned: None })?;
    evaluated(schema.clone(), &stage, ctx, ctx.args.as_object().cloned().unwrap_or_default())
}

/// A job is one record: more steps would not fit into it with what becomes of them.
const STEPS_MAX: usize = 200;

fn evaluated(schema: Value, stage: &StageSchema, ctx: &Context, args: Map<String, Value>) -> Result<Evaluated, Broken> {
    let filled = |name: &str, template: &Option<String>| match template {
        Some(template) => interpolate(template, ctx).map(Some).map_err(|error| format!("/{name}: {error}")),
        None => Ok(None),
    };
    Ok(Evaluated {
        timeout_s: stage.timeout,
        run_label: filled("run_label", &stage.run_label).map_err(Broken::after(&schema))?,
        flow_label: filled("flow_label", &stage.flow_label).map_err(Broken::after(&schema))?,
        plans: filled_plans(stage, ctx).map_err(Broken::after(&schema))?,
        notices: stage.notification != Notification::default(),
        graph: ordered(stage).map_err(Broken::after(&schema))?,
        concurrency: concurrency(stage, ctx).map_err(Broken::after(&schema))?,
        args,
        schema,
    })
}

/// The jobs, with their names and places filled in.
fn filled_plans(stage: &StageSchema, ctx: &Context) -> Result<Vec<JobPlan>, String> {
    let interpolator = Interpolator::new(ctx);
    let mut plans = kraken_workflow::expand(stage);
    for plan in &mut plans {
        if plan.steps.len() > STEPS_MAX {
            return Err(format!("/jobs/{}/steps: {} steps: expected at most {STEPS_MAX}; use several jobs", plan.job, plan.steps.len()));
        }
        plan.fill(&interpolator).map_err(|error| format!("/jobs/{}: {error}", plan.job))?;
    }
    Ok(plans)
}

/// What the jobs came to is one record of the run, so there is an end to how many may wait for each other.
const ORDERED_JOBS_MAX: u32 = 50_000;

fn ordered(stage: &StageSchema) -> Result<Option<Graph>, String> {
    let graph = kraken_workflow::order(stage).map_err(|error| format!("/jobs: {error}"))?;
    match graph.as_ref().map(Graph::slots) {
        Some(slots) if slots > ORDERED_JOBS_MAX => {
            Err(format!("/jobs: {slots} jobs, some of which need others: expected at most {ORDERED_JOBS_MAX}; use child stages"))
        }
        _ => Ok(graph),
    }
}

/// The longest name of a group of runs, in characters.
const GROUP_NAME_MAX: usize = 500;

/// The group that the stage asks for: off unless something of it is said.
fn concurrency(stage: &StageSchema, ctx: &Context) -> Result<Option<Membership>, String> {
    let Some(wanted) = &stage.concurrency else { return Ok(None) };
    let group = match &wanted.group {
        Some(template) => interpolate(template, ctx).map_err(|error| format!("/concurrency/group: {error}"))?,
        None if !wanted.cancel_in_progress => return Ok(None),
        None => {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            format!("stage {}, {}, {}", text(&ctx.stage["id"]), text(&ctx.flow["kind"]), text(&ctx.flow["branch_name"]))
        }
    };
    let length = group.chars().count();
    if group.trim().is_empty() || length > GROUP_NAME_MAX {
        return Err(format!("/concurrency/group: a name of {length} characters: expected 1 to {GROUP_NAME_MAX}"));
    }
    Ok(Some(Membership { group, cancel_in_progress: wanted.cancel_in_progress, superseded_by: None }))
}

/// What the jobs of a run are made from, besides their plans.
struct Ground {
    sha256: String,
    /// Groups that do not exist, or are for another project.
    missing: HashSet<String>,
    durations: Durations,
    graph: Option<Graph>,
    now: Timestamp,
}

fn job(run: &Run, plan: &JobPlan, number: u32, ground: &Ground) -> Job {
    let now = ground.now;
    let state = if ground.missing.contains(&plan.place.group) {
        let why = format!("there is no agents group {:?} that this project may use", plan.place.group);
        JobState::Completed {
            agent: None,
            started_at: None,
            completed_at: now,
            verdict: Verdict::because(Outcome::AgentsGroupMissing, why),
        }
    } else if ground.graph.as_ref().is_some_and(|graph| graph.has_needs(number)) {
        JobState::Held { since: now }
    } else {
        JobState::Queued { since: now }
    };
    Job {
        id: JobId { run: run.id, number },
        project: run.project,
        branch: run.branch,
        stage: run.stage,
        name: plan.name.clone(),
        place: plan.place.clone(),
        spec: SpecRef { sha256: ground.sha256.clone(), job: u32::try_from(plan.job).unwrap_or(u32::MAX) },
        limit: limit(plan.timeout_s, ground.durations.of(&plan.name, &plan.place)),
        run_created_at: run.created_at,
        created_at: now,
        generation: Generation::default(),
        losses: 0,
        retry_on_agent_loss: plan.retry_on_agent_loss,
        steps: plan.steps.iter().map(|step| Step::new(&step.name, &step.tool)).collect(),
        state,
        rerun_of: None,
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Order { needed: ground.graph.as_ref().is_some_and(|graph| graph.is_needed(number)), ..Order::default() },
    }
}
