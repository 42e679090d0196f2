//! What a stage can see, by name: the list behind the reference, and what tests hold the context to.

/// A name that a stage can use, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextField {
    /// The dotted name: after `ctx.` in code, alone in `#{}`.
    pub path: &'static str,
    /// What it is.
    pub doc: &'static str,
}

const fn field(path: &'static str, doc: &'static str) -> ContextField {
    ContextField { path, doc }
}

/// What the code of a stage and its texts see of the run. User data (`data`, `args`, `env`, `config`) may hold anything below.
pub const CONTEXT_FIELDS: &[ContextField] = &[
    field("project.id", "The project's id."),
    field("project.created", "When it was made, RFC 3339."),
    field("project.name", "Its name."),
    field("project.description", "What people wrote about it."),
    field("project.data", "User data of the project."),
    field("branch.id", "The branch's id."),
    field("branch.created", "When it was made."),
    field("branch.name", "Its name in the project."),
    field("branch.branch_name", "Its name in the repositories."),
    field("branch.retention_policy", "How long its flows are kept."),
    field("branch.env_vars", "Its environment variables; the same as `env`."),
    field("branch.data", "User data of the branch."),
    field("branch.data_ci", "User data of its CI flows."),
    field("branch.data_dev", "User data of its DEV flows."),
    field("branch.project_id", "The project's id."),
    field("branch.project_name", "The project's name."),
    field("stage.id", "The stage's id."),
    field("stage.created", "When it was made."),
    field("stage.name", "Its name."),
    field("stage.description", "What people wrote about it."),
    field("flow.id", "The flow's id."),
    field("flow.label", "Its display name."),
    field("flow.created", "When it was started."),
    field("flow.kind", "`ci` or `dev`."),
    field("flow.branch_name", "The branch in the repositories that it is about."),
    field("flow.args", "The arguments that it was started with."),
    field("flow.trigger", "The first change that it was started for: repository, branch, commits."),
    field("flow.seq.shared", "Its number among all flows of the branch."),
    field("flow.seq.own", "Its number among the flows of its kind."),
    field("flow.data", "User data of the flow."),
    field("run.id", "The run's id."),
    field("run.label", "Its display name."),
    field("run.created", "When it was made."),
    field("run.seq.shared", "Its number among all runs of the stage."),
    field("run.seq.own", "Its number among those of its flow's kind."),
    field("run.args", "Its arguments; the same as `args`."),
    field("run.reason", "Why it exists: `flow`, `parents`, `person` or `trigger`."),
    field("args", "The run's arguments, by name: what somebody gave, or the parameters' defaults."),
    field("env", "The branch's environment variables, by name."),
    field("secrets", "The project's secrets, by name."),
];

/// What is known only while a job runs: texts of its steps and their `when` see it; in the stage's code each is the text that names it.
pub const JOB_FIELDS: &[ContextField] = &[
    field("config", "The values of the config that the job's environment names."),
    field("job.id", "The job's id."),
    field("job.created", "When it was made."),
    field("job.name", "Its name."),
    field("job.steps", "Its steps, each with the fields of `step`; the results of the earlier ones are there."),
    field("step.id", "The step's id."),
    field("step.index", "Its place in the job, from 0."),
    field("step.name", "Its name, or its tool's."),
    field("step.tool", "Its tool."),
    field("step.cmd", "Its command, as it was written."),
    field("step.status", "0 not started, 1 in progress, 2 done, 3 error, 4 skipped."),
    field("step.result.duration", "How long it took, in seconds."),
    field("step.result.msg", "What went wrong, in words."),
    field("step.result.reason", "What went wrong, in one word."),
    field("step.result.retcode", "The return code of its tool."),
];

/// The words that a `when` is made of, beside everything else.
pub const FLAGS: &[ContextField] = &[
    field("always", "True."),
    field("never", "False."),
    field("prev_ok", "The step before succeeded or was skipped; true for the first."),
    field("was_any_error", "Some earlier step of the job failed."),
    field("was_no_error", "No earlier step of the job failed."),
    field("is_ci", "The flow is a CI flow."),
    field("is_dev", "The flow is a DEV flow."),
];

/// Spellings of Kraken CI that texts may still use, with what each means.
pub const OLDER_NAMES: &[ContextField] = &[
    field("KK_FLOW_SEQ", "`flow.seq.shared`"),
    field("KK_CI_DEV_FLOW_SEQ", "`flow.seq.own`"),
    field("KK_RUN_SEQ", "`run.seq.shared`"),
    field("KK_CI_DEV_RUN_SEQ", "`run.seq.own`"),
    field("KK_FLOW_TYPE", "`CI` or `DEV`"),
    field("KK_BRANCH", "`flow.branch_name`"),
    field("branch", "alone: `flow.branch_name`"),
    field("KK_SECRET_SIMPLE_name", "`secrets.name`"),
    field("KK_SECRET_USER_name", "`secrets.name.user`"),
    field("KK_SECRET_KEY_name", "`secrets.name.key`"),
    field("name", "alone: the argument of that name, `args.name`"),
];
