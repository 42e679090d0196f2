//! From records to what people see.

use std::collections::BTreeMap;

use kraken_control::lists::ListedFlow;
use kraken_domain::{
    access::Grant,
    agent::{Agent, AgentState},
    flow::{Flow, FlowReason, FlowState},
    job::{Job, JobState},
    notice::Notice,
    record::{AgentsGroup, Branch, Project, Stage, StageSource},
    run::{Run, RunCounts, RunState},
    timeout::{LimitOrigin, TimeLimit},
    trigger::{CodeProblem, Rule, Trigger, TriggerKind},
};
use kraken_protocol::api::{
    AgentView, BranchView, EnrolmentTokenView, FieldProblem, FlowView, GrantView, GroupView, JobCounts, JobView, NoticeView, ProjectView,
    RepoHeadView, RunView, SourceView, StageView, TokenView, TriggerView,
};
use kraken_store::{Bearer, Seen, Token};

pub(crate) fn project(project: Project) -> ProjectView {
    let Project { id, name, description, created_at } = project;
    ProjectView { id, name, description, created_at }
}

pub(crate) fn branch(branch: Branch) -> BranchView {
    let Branch { id, project, name, branch_name, created_at, env_vars, archived_at, public, retention: _ } = branch;
    BranchView { id, project, name, branch_name, created_at, env_vars, archived_at, public }
}

pub(crate) fn stage(stage: Stage, code: Option<String>, triggers: Vec<Trigger>) -> StageView {
    let (looks, triggers): (Vec<_>, Vec<_>) = triggers.into_iter().partition(|trigger| trigger.rule.kind() == TriggerKind::Source);
    StageView {
        source: stage.source.map(|source| self::source(source, looks.into_iter().next())),
        id: stage.id,
        branch: stage.branch,
        name: stage.name,
        description: stage.description,
        enabled: stage.enabled,
        parents: stage.parents,
        code,
        code_sha256: stage.code_sha256,
        created_at: stage.created_at,
        updated_at: stage.updated_at,
        triggers: triggers.into_iter().map(trigger).collect(),
        parameters: stage.parameters.into_iter().map(Into::into).collect(),
    }
}

fn trigger(trigger: Trigger) -> TriggerView {
    let kind = trigger.rule.kind().as_str().to_owned();
    let (last_due, last_flow, last_skipped) = match &trigger.last {
        Some(last) => (Some(last.due), last.flow, last.skipped),
        None => (None, None, false),
    };
    let repos =
        trigger.repos().iter().map(|repo| RepoHeadView { url: repo.url.clone(), branch: repo.branch.clone(), commit: repo.head.clone() });
    let (every_s, cron, time_zone) = match &trigger.rule {
        Rule::Interval { every_s } | Rule::Repo { every_s, .. } | Rule::Source { every_s, .. } => (Some(*every_s), None, None),
        Rule::Cron { rule, zone } => (None, Some(rule.clone()), Some(zone.clone())),
        Rule::Date { .. } => (None, None, None),
    };
    TriggerView {
        kind,
        every_s,
        cron,
        time_zone,
        next_due: trigger.due,
        last_due,
        last_flow,
        last_skipped,
        last_looked: trigger.looked_at,
        repos: repos.collect(),
        last_error: trigger.trouble.map(|trouble| trouble.why),
    }
}

/// A source with what the last look found; a stage that is disabled has none.
fn source(source: StageSource, look: Option<Trigger>) -> SourceView {
    let newest_commit = look.as_ref().and_then(|look| look.repos().first()?.head.clone());
    let (looked_at, next_look) = look.as_ref().map_or((None, None), |look| (look.looked_at, look.due));
    let (error, problems) = look.and_then(|look| look.trouble).map_or((None, Vec::new()), |trouble| (Some(trouble.why), trouble.problems));
    let problem = |problem: CodeProblem| FieldProblem { path: problem.path, line: problem.line, message: problem.message };
    SourceView {
        url: source.url,
        branch: source.branch,
        file: source.file,
        credentials: source.credentials,
        refresh_s: source.every_s,
        refresh_on_run: source.on_run,
        commit: source.commit,
        newest_commit,
        looked_at,
        next_look,
        error,
        problems: problems.into_iter().map(problem).collect(),
    }
}

pub(crate) fn flow(flow: Flow, runs: Option<Vec<RunView>>) -> FlowView {
    let (completed_at, cancelled, result) = match flow.state {
        FlowState::InProgress { cancelled } => (None, cancelled, None),
        FlowState::Completed { completed_at, cancelled, result } => (Some(completed_at), cancelled, result),
    };
    FlowView {
        id: flow.id,
        project: flow.project,
        branch: flow.branch,
        kind: flow.kind,
        label: flow.label,
        sequence: flow.sequence.shared,
        own_sequence: flow.sequence.own,
        branch_name: flow.branch_name,
        state: flow.state.as_str().to_owned(),
        result,
        cancelled,
        reason: flow.reason.as_str().to_owned(),
        trigger_stage: match flow.reason {
            FlowReason::Trigger { stage, .. } => Some(stage),
            FlowReason::Person | FlowReason::Webhook { .. } => None,
        },
        started_by: flow.started_by,
        change: flow.change,
        kept: flow.retention.keep,
        without_logs_since: flow.retention.without_logs_since,
        without_artifacts_since: flow.retention.without_artifacts_since,
        created_at: flow.created_at,
        completed_at,
        args: flow.args,
        runs,
    }
}

/// A flow of a list. What its runs were started with is its own arguments and the parameters' defaults: lists leave it out.
pub(crate) fn listed_flow(listed: ListedFlow) -> FlowView {
    let run = |(run, counts)| RunView { args: BTreeMap::new(), ..self::run(run, counts) };
    flow(listed.flow, listed.runs.map(|runs| runs.into_iter().map(run).collect()))
}

pub(crate) fn run(run: Run, counts: RunCounts) -> RunView {
    let (started_at, completed_at) = match run.state {
        RunState::Creating | RunState::Waiting { .. } | RunState::Manual => (None, None),
        RunState::InProgress { started_at, .. } => (Some(started_at), None),
        RunState::Completed { started_at, completed_at, .. } | RunState::Processed { started_at, completed_at, .. } => {
            (started_at, Some(completed_at))
        }
    };
    let (note, superseded_by) = (run.remark(), run.superseded_by());
    RunView {
        id: run.id,
        flow: run.id.flow,
        stage: run.stage,
        state: run.state.as_str().to_owned(),
        result: run.result(),
        stage_name: run.stage_name,
        label: run.label,
        reason: run.reason.as_str().to_owned(),
        note,
        superseded_by,
        covered_by: run.covered_by,
        source_commit: run.source_commit,
        created_at: run.created_at,
        started_at,
        completed_at,
        args: run.args,
        jobs: JobCounts {
            total: counts.total,
            waiting: counts.waiting(),
            executing: counts.executing,
            completed: counts.completed,
            error: counts.error,
        },
    }
}

pub(crate) fn notice(notice: &Notice) -> NoticeView {
    NoticeView {
        key: notice.key(),
        channel: notice.channel,
        on: notice.occasion,
        at: notice.at,
        state: notice.state.as_str().to_owned(),
        attempts: notice.attempts(),
        settled_at: notice.settled_at(),
        answer: notice.answer().map(str::to_owned),
        next_attempt_at: notice.due(),
    }
}

pub(crate) fn job(job: Job, with_steps: bool) -> JobView {
    let (started_at, completed_at) = match &job.state {
        JobState::Held { .. } | JobState::Queued { .. } | JobState::Assigned { .. } => (None, None),
        JobState::Running { started_at, .. } | JobState::Finished { started_at, .. } => (Some(*started_at), None),
        JobState::Completed { started_at, completed_at, .. } => (*started_at, Some(*completed_at)),
    };
    let message = match &job.state {
        JobState::Completed { verdict, .. } => verdict.message.clone(),
        _ => None,
    };
    JobView {
        id: job.id,
        run: job.id.run,
        flow: job.id.flow(),
        state: job.state.as_str().to_owned(),
        outcome: job.outcome(),
        message,
        held: matches!(job.state, JobState::Held { .. }),
        stopping: matches!(job.state, JobState::Running { stop: Some(_), .. }),
        agent: job.agent(),
        created_at: job.created_at,
        started_at,
        completed_at,
        timeout_s: job.limit.seconds,
        timeout_reason: timeout_reason(&job.limit),
        usual_s: None,
        assignments: job.generation.0,
        covered_by: job.covered_by,
        rerun_of: job.rerun_of,
        name: job.name,
        system: job.place.system,
        executor: job.place.executor.to_string(),
        agents_group: job.place.group,
        config: job.place.config,
        steps: with_steps.then_some(job.steps),
    }
}

fn timeout_reason(limit: &TimeLimit) -> String {
    match limit.origin {
        LimitOrigin::Stage => "as the stage says".to_owned(),
        LimitOrigin::Learnt { samples, longest_s } => format!("1.7 times the longest of {samples} earlier jobs, {longest_s} s"),
    }
}

pub(crate) fn agent(agent: Agent, seen: Option<&Seen>) -> AgentView {
    let job = agent.job();
    let facts = agent.facts;
    AgentView {
        id: agent.id,
        name: agent.name,
        state: match agent.state {
            // People think of an agent that finishes its last job as disabled all the same.
            AgentState::Disabled { .. } => "disabled".to_owned(),
            state => state.as_str().to_owned(),
        },
        job,
        groups: agent.groups.into_iter().collect(),
        host: facts.host,
        system: facts.system,
        architecture: facts.architecture,
        cpus: facts.cpus,
        memory_bytes: facts.memory_bytes,
        disk_free_bytes: facts.disk_free_bytes,
        executors: facts.executors.into_iter().map(|(executor, version)| (executor.to_string(), version)).collect(),
        version: facts.version,
        labels: facts.labels,
        created_at: agent.created_at,
        last_seen_at: seen.map(|seen| seen.at),
    }
}

pub(crate) fn group(group: AgentsGroup) -> GroupView {
    let AgentsGroup { name, project, description, created_at } = group;
    GroupView { name, project, description, created_at }
}

pub(crate) fn token(token: Token) -> TokenView {
    let grants = match token.bearer {
        Bearer::User { grants, .. } => grants,
        Bearer::Agent { .. } | Bearer::Enrolment { .. } | Bearer::SignIn { .. } => Vec::new(),
    };
    let grants = grants.into_iter().map(|Grant { project, role }| GrantView { project, role }).collect();
    TokenView { id: token.id, name: token.name, grants, created_at: token.created_at, expires_at: token.expires_at }
}

pub(crate) fn enrolment_token(token: Token) -> EnrolmentTokenView {
    let (groups, reusable) = match token.bearer {
        Bearer::Enrolment { groups, reusable } => (groups, reusable),
        Bearer::User { .. } | Bearer::Agent { .. } | Bearer::SignIn { .. } => (Vec::new(), false),
    };
    let expires_at = token.expires_at.unwrap_or(kraken_domain::Timestamp::MAX);
    EnrolmentTokenView { id: token.id, groups, reusable, created_at: token.created_at, expires_at }
}
