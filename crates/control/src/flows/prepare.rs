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
use kraken_workflow::{
    Interpolator, JobPlan, Known, Limits, Notification, Problem, Refused, Rule, RunStage, StageSchema, stage_again, stage_in_run, unopened,
};
use serde_json::{Map, Value};

use super::{
    audience::{Audience, audience},
    context::RunContext,
    create_run::BESIDES_MAX,
    default_group::default_group,
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
        let mut seen = context.for_stage();
        // A large run whose creation was interrupted goes on with what it began with, whatever has changed since.
        let begun = match &context.run.spec {
            Some(spec) => Some(self.spec(&spec.sha256).await?),
            None => None,
        };
        let begun_with = begun.as_ref().map_or(code, |spec| spec.code.as_str());
        if code_speaks_of_secrets(begun_with) {
            seen.secrets = Some(unopened(&self.known_secrets(&context.branch).await?));
        }
        // Evaluation may take its full second: never on a thread that serves others.
        let evaluated = tokio::task::spawn_blocking(move || match begun {
            // Whom to tell is known of what has begun.
            Some(spec) => stage_again(&spec.schema, seen).and_then(|stage| evaluated(&stage)).map_err(|broken| (broken.note(), None)),
            None => {
                stage_in_run(&owned, &seen, &Known::default(), &Limits::default()).and_then(|stage| evaluated(&stage)).map_err(|broken| {
                    let told = audience(&owned, broken.returned.as_ref(), &seen);
                    (broken.note(), told)
                })
            }
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

/// The words that every way to a secret has in it: `ctx.secrets`, `#{secrets.token}`, `#{KK_SECRET_SIMPLE_token}`.
const SECRET_WORDS: [&str; 2] = ["secrets", "KK_SECRET_"];

/// Whether a stage's code may name secrets: which there are is read only then.
fn code_speaks_of_secrets(code: &str) -> bool {
    SECRET_WORDS.iter().any(|word| code.contains(word))
}

/// A job is one record: more steps would not fit into it with what becomes of them.
const STEPS_MAX: usize = 200;

/// The stage with its texts filled in, as far as they are for the run. What is stored and shown of secrets is their mask.
fn evaluated(in_run: &RunStage) -> Result<Evaluated, Refused> {
    let stage = &in_run.stage;
    let schema = in_run.to_json().map_err(|error| refused(in_run, "", error.to_string()))?;
    let texts = Interpolator::new(&in_run.ctx);
    let filled = |path: &str, template: &Option<String>| {
        template.as_ref().map(|template| texts.masked_text(template)).transpose().map_err(|error| refused(in_run, path, error.to_string()))
    };
    Ok(Evaluated {
        timeout_s: stage.timeout,
        run_label: filled("/run_label", &stage.run_label)?,
        flow_label: filled("/flow_label", &stage.flow_label)?,
        plans: filled_plans(stage, &texts).map_err(|(path, why)| refused(in_run, &path, why))?,
        notices: stage.notification != Notification::default(),
        graph: ordered(stage).map_err(|why| refused(in_run, "/jobs", why))?,
        concurrency: concurrency(in_run, &texts).map_err(|why| refused(in_run, "/concurrency/group", why))?,
        args: in_run.args(),
        schema,
    })
}

/// What is right in itself and cannot be run: where, and why.
fn refused(in_run: &RunStage, path: &str, message: String) -> Refused {
    let problem = Problem { rule: Rule::Shape, path: path.to_owned(), line: None, message };
    Refused { problems: vec![problem], returned: in_run.to_json().ok() }
}

/// The jobs, with their names and places filled in.
fn filled_plans(stage: &StageSchema, texts: &Interpolator) -> Result<Vec<JobPlan>, (String, String)> {
    let mut plans = kraken_workflow::expand(stage);
    for plan in &mut plans {
        if plan.steps.len() > STEPS_MAX {
            let why = format!("{} steps: expected at most {STEPS_MAX}; use several jobs", plan.steps.len());
            return Err((format!("/jobs/{}/steps", plan.job), why));
        }
        plan.fill(texts).map_err(|error| (format!("/jobs/{}", plan.job), error.to_string()))?;
    }
    Ok(plans)
}

/// What the jobs came to is one record of the run, so there is an end to how many may wait for each other.
const ORDERED_JOBS_MAX: u32 = 50_000;

fn ordered(stage: &StageSchema) -> Result<Option<Graph>, String> {
    let graph = kraken_workflow::order(stage).map_err(|error| error.to_string())?;
    match graph.as_ref().map(Graph::slots) {
        Some(slots) if slots > ORDERED_JOBS_MAX => {
            Err(format!("{slots} jobs, some of which need others: expected at most {ORDERED_JOBS_MAX}; use child stages"))
        }
        _ => Ok(graph),
    }
}

/// The longest name of a group of runs, in characters.
const GROUP_NAME_MAX: usize = 500;

/// The group that the stage asks for: off unless something of it is said.
fn concurrency(in_run: &RunStage, texts: &Interpolator) -> Result<Option<Membership>, String> {
    let ctx = &in_run.ctx;
    let Some(wanted) = &in_run.stage.concurrency else { return Ok(None) };
    let group = match &wanted.group {
        Some(template) => texts.masked_text(template).map_err(|error| error.to_string())?,
        None if !wanted.cancel_in_progress => return Ok(None),
        None => default_group(ctx, GROUP_NAME_MAX),
    };
    let length = group.chars().count();
    if group.trim().is_empty() || length > GROUP_NAME_MAX {
        return Err(format!("a name of {length} characters: expected 1 to {GROUP_NAME_MAX}"));
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
