//! Starting a flow: by a person, a trigger or a webhook, always in this way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use futures::{FutureExt, StreamExt, stream};
use kraken_domain::{
    BranchId, FlowId, RunId, StageId, Timestamp,
    change::{Change, ChangeBrief},
    flow::{Flow, FlowKind, FlowReason, FlowState},
    record::{Branch, Project, Stage},
    retention::Retained,
    run::{Run, RunReason, RunResult, RunState},
    webhook::FLOW_KNOWN_S,
};
use kraken_store::{FlowChanges, Guard, Numbers, secret_hash};
use serde_json::Value;

use super::{
    arguments::held_to, begin::Begun, context::RunContext, create_run::of_source, prepare::PreparedRun, seen_data::code_speaks_of_data,
};
use crate::{Control, ControlError, again::Attempt, agents::later, setup::in_use};

/// What a flow is started with.
#[derive(Clone, Debug)]
pub struct StartFlow {
    /// The branch.
    pub branch: BranchId,
    /// What the flow is for.
    pub kind: FlowKind,
    /// Arguments.
    pub args: BTreeMap<String, Value>,
    /// The repository branch to build, if not the branch's own.
    pub branch_name: Option<String>,
    /// A key of the caller's: the same key again gives the same flow. A person's is refused when it asks for another flow than before.
    pub once: Option<String>,
    /// What starts it.
    pub reason: FlowReason,
    /// Who starts it, as people know them.
    pub by: Option<String>,
    /// The changes that it is started with: one, or one of each repository that was looked at. Cut to what fits.
    pub changes: Vec<Change>,
    /// Only these root stages; `None`: those that start with each flow.
    pub stages: Option<BTreeSet<StageId>>,
    /// The branch as the caller has just read it; `None`: it is read.
    pub read: Option<Branch>,
}

impl StartFlow {
    /// A flow without arguments or changes.
    pub fn new(branch: BranchId, kind: FlowKind, reason: FlowReason) -> Self {
        Self {
            branch,
            kind,
            reason,
            args: BTreeMap::new(),
            branch_name: None,
            once: None,
            by: None,
            changes: Vec::new(),
            stages: None,
            read: None,
        }
    }

    /// What a person asks for, hashed. What else starts flows names an event by its key, which may be told in other words when it comes again.
    fn asked(&self) -> Option<String> {
        let asked = || serde_json::json!([self.kind, self.branch_name, self.args]).to_string();
        (self.reason == FlowReason::Person).then(|| secret_hash(&asked()))
    }

    /// Whether that root stage gets a run.
    fn wants(&self, stage: &Stage) -> bool {
        match &self.stages {
            Some(wanted) => wanted.contains(&stage.id),
            None => stage.starts_with_parent || self.reason.is_of(stage.id),
        }
    }
}

/// How a flow is started: by what was read of its branch's numbers and of the idle agents, which is the quickest where nobody else does the
/// same; or by taking the numbers first, which nobody can be in the way of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Haste {
    Hopeful,
    Careful,
}

/// Why stages do not run in their newest version, after a look at each.
type Looked = BTreeMap<StageId, String>;

/// Stages whose repositories are looked at at the same time.
const LOOKS_AT_ONCE: usize = 8;
/// For how long a repeated call is recognised, in seconds.
const ONCE_S: i64 = 24 * 3600;
/// The limit of a run until its stage has been evaluated, in seconds.
const RUN_TIMEOUT_S: u32 = 10_800;

impl Control {
    /// Starts a flow: every enabled root stage that starts by itself gets a run. Gives the flow and its runs.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for the branch; [`ControlError::Invalid`] for a key under which another flow was asked for;
    /// [`ControlError::Unavailable`] when the table or the object store failed.
    pub async fn start_flow(&self, mut start: StartFlow) -> Result<(Flow, Vec<Run>), ControlError> {
        start.changes = Change::all_bounded(start.changes);
        if let Some(flow) = self.started_before(&start).await? {
            return self.flow_and_runs(flow).await;
        }
        let looked = OnceLock::new();
        if self.known.crowd.is_gone() {
            match self.try_start_flow(&start, Haste::Hopeful, &looked).await {
                Ok(started) => return Ok(started),
                Err(Attempt::Failed(error)) => return Err(error),
                Err(Attempt::Refused(_) | Attempt::Again) => self.known.crowd.is_here(),
            }
        }
        match self.try_start_flow(&start, Haste::Careful, &looked).await {
            Ok(started) => Ok(started),
            Err(Attempt::Failed(error)) => Err(error),
            // The same call, made twice at the same moment: the other one won.
            Err(Attempt::Refused(_) | Attempt::Again) => match self.started_before(&start).await? {
                Some(flow) => self.flow_and_runs(flow).await,
                None => Err(ControlError::Unavailable("the flow could not be written: try again".into())),
            },
        }
    }

    /// The flow that an earlier call with the same key started.
    async fn started_before(&self, start: &StartFlow) -> Result<Option<FlowId>, ControlError> {
        let Some(key) = start.once.as_deref() else { return Ok(None) };
        let Some((flow, before)) = self.store.flow_made_once(start.branch, &secret_hash(key)).await? else { return Ok(None) };
        match (before, start.asked()) {
            (Some(before), Some(asked)) if before != asked => {
                let why =
                    format!("the key was used for flow {flow}, which was asked for with other words: use another key for another flow");
                Err(ControlError::invalid("/headers/idempotency-key", why))
            }
            _ => Ok(Some(flow)),
        }
    }

    async fn try_start_flow(&self, start: &StartFlow, haste: Haste, looked: &OnceLock<Looked>) -> Result<(Flow, Vec<Run>), Attempt> {
        let branch = match &start.read {
            Some(branch) => branch.clone(),
            None => self.branch(start.branch).await?.value,
        };
        in_use(&branch)?;
        let (project, stages) = tokio::try_join!(self.store.project(branch.project), self.store.stages(branch.id))?;
        let project = project.ok_or_else(|| ControlError::not_found("project", branch.project))?.value;
        let stages: Vec<Stage> = stages.into_iter().map(|stage| stage.value).collect();
        let roots: Vec<Stage> = stages.iter().filter(|stage| stage.enabled && stage.is_root() && start.wants(stage)).cloned().collect();
        let (roots, stale) = self.fresh_roots(roots, looked).await;
        // What roots are given, their children see.
        held_to(&start.args, roots.iter().chain(stages.iter().filter(|stage| stage.enabled && !stage.is_root())))?;
        let ids: Vec<_> = roots.iter().map(|stage| stage.id).collect();
        let (numbers, next) = match haste {
            Haste::Hopeful => {
                let next = self.store.peek_numbers(branch.id, start.kind, &ids).await?;
                (next.numbers.clone(), Some(next))
            }
            Haste::Careful => (self.store.next_numbers(branch.id, start.kind, &ids).await?, None),
        };
        let now = self.clock.now();
        let flow = new_flow(self.ids.flow(now), &branch, start, &numbers, roots.len(), now);
        let guard = start.once.as_deref().map(|key| Guard::Once {
            branch: branch.id,
            hash: secret_hash(key),
            flow: flow.id,
            asked: start.asked(),
            expires: later(now, once_s(&start.reason)),
        });
        let runs: Vec<Run> =
            roots.iter().zip(1..).map(|(stage, number)| new_run(&flow, stage, number, RunReason::Flow, &numbers, now)).collect();
        let runs: Vec<Run> = runs.into_iter().zip(&roots).zip(stale).map(|((run, stage), why)| of_source(run, stage, why)).collect();
        let prepared = self.prepare_all(&project, &branch, &flow, start.changes.first(), &roots, &runs).await?;
        let label = prepared.iter().flatten().find_map(|run| run.flow_label.clone());
        let flow = Flow { label: label.unwrap_or_else(|| flow.label.clone()), ..flow };
        let changes = (!start.changes.is_empty()).then(|| FlowChanges { flow: flow.id, changes: start.changes.clone() });
        let runs = self.commit_flow(Begun { flow: &flow, runs: &runs, changes, prepared, guard, next }).await?;
        // On the heap: it is rare, and large.
        Box::pin(self.take_over_older(&stages)).await;
        if !branch.retention.swept {
            Box::pin(self.have_swept(branch.id)).await;
        }
        Ok((flow, runs))
    }

    /// The stages as they are to run, those that want it looked at in their repositories first; and why one is not the newest. A second try
    /// looks at none again.
    async fn fresh_roots(&self, roots: Vec<Stage>, looked: &OnceLock<Looked>) -> (Vec<Stage>, Vec<Option<String>>) {
        if let Some(looked) = looked.get() {
            return roots
                .into_iter()
                .map(|stage| {
                    let why = looked.get(&stage.id).cloned();
                    (stage, why)
                })
                .unzip();
        }
        let end = Self::looks_for_runs_end();
        let looks: Vec<_> = roots.into_iter().map(|stage| self.fresh_for_run(stage, end).boxed()).collect();
        let fresh: Vec<_> = stream::iter(looks).buffered(LOOKS_AT_ONCE).collect().await;
        looked.get_or_init(|| fresh.iter().filter_map(|(stage, why)| Some((stage.id, why.clone()?))).collect());
        // One that is no root any more does not start with the flow.
        fresh.into_iter().filter(|(stage, _)| stage.enabled && stage.is_root()).unzip()
    }

    async fn flow_and_runs(&self, id: FlowId) -> Result<(Flow, Vec<Run>), ControlError> {
        let runs = self.store.runs(id).await?.into_iter().map(|run| run.value).collect();
        Ok((self.flow(id).await?.value, runs))
    }

    async fn prepare_all(
        &self,
        project: &Project,
        branch: &Branch,
        flow: &Flow,
        change: Option<&Change>,
        roots: &[Stage],
        runs: &[Run],
    ) -> Result<Vec<Option<PreparedRun>>, ControlError> {
        let mut prepared = Vec::with_capacity(runs.len());
        for (stage, run) in roots.iter().zip(runs) {
            if stage.manual {
                prepared.push(None);
                continue;
            }
            let code = self.code(&stage.code_sha256).await?;
            // The flow itself is not there yet.
            let data = self.seen_data(code_speaks_of_data(&code), branch, None).await?;
            let context = RunContext {
                project: project.clone(),
                branch: branch.clone(),
                stage: Some(stage.clone()),
                flow: flow.clone(),
                change: change.cloned(),
                run: run.clone(),
                data,
            };
            prepared.push(Some(self.prepare_run(context, &code).await?));
        }
        Ok(prepared)
    }
}

/// For how long it is known that a flow was started under its key, in seconds.
fn once_s(reason: &FlowReason) -> i64 {
    match reason {
        FlowReason::Webhook { .. } => FLOW_KNOWN_S,
        _ => ONCE_S,
    }
}

fn new_flow(id: FlowId, branch: &Branch, start: &StartFlow, numbers: &Numbers, runs: usize, now: Timestamp) -> Flow {
    // A flow without a stage to run is over as it begins.
    let state = if runs == 0 {
        FlowState::Completed { completed_at: now, cancelled: false, result: Some(RunResult::Ok) }
    } else {
        FlowState::InProgress { cancelled: false }
    };
    Flow {
        id,
        project: branch.project,
        branch: branch.id,
        kind: start.kind,
        label: format!("{}.", numbers.flow.shared),
        sequence: numbers.flow,
        branch_name: start.branch_name.clone().unwrap_or_else(|| branch.branch_name.clone()),
        created_at: now,
        reason: start.reason.clone(),
        started_by: start.by.clone(),
        change: ChangeBrief::of(&start.changes),
        args: start.args.clone(),
        runs_made: u32::try_from(runs).unwrap_or(u32::MAX),
        retention: Retained::default(),
        state,
    }
}

/// A run of `stage`, number `number` of its flow, whose jobs are still to be made.
pub(crate) fn new_run(flow: &Flow, stage: &Stage, number: u32, reason: RunReason, numbers: &Numbers, now: Timestamp) -> Run {
    let sequence = numbers.runs.get(&stage.id).copied().unwrap_or_default();
    Run {
        id: RunId { flow: flow.id, number },
        project: flow.project,
        branch: flow.branch,
        stage: stage.id,
        stage_name: stage.name.clone(),
        kind: flow.kind,
        label: format!("{}.", sequence.shared),
        sequence: sequence.shared,
        own_sequence: sequence.own,
        created_at: now,
        args: flow.args.clone(),
        reason,
        spec: None,
        timeout_s: RUN_TIMEOUT_S,
        jobs_made: 0,
        notices: false,
        note: None,
        audience: None,
        source_commit: None,
        ordered: false,
        concurrency: None,
        tally: None,
        covered_by: None,
        released_at: None,
        state: RunState::Creating,
    }
}
