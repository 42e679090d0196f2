//! The keys of a stage, level by level.

/// One key of an object.
pub(crate) struct Field {
    /// The key.
    pub(crate) key: &'static str,
    /// What its value must be.
    pub(crate) kind: Kind,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it means; published in the JSON Schema.
    pub(crate) doc: &'static str,
}

/// What a value must be.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A text that is not empty.
    Name,
    /// True or False.
    Bool,
    /// A whole number from here on.
    Whole(u64),
    /// A whole number from here on, or a text with `#{}` in it or of digits: interpolation gives only texts.
    WholeText(u64),
    /// True, False, or a text with `#{}` in it.
    BoolText,
    /// A duration of at least a second.
    Duration,
    /// A duration of at least a second, or a number of seconds.
    DurationOrSeconds,
    /// A date and time.
    Date,
    /// A cron rule.
    Cron,
    /// An IANA time zone name.
    TimeZone,
    /// A Jinja expression.
    Expression,
    /// A text that is not empty, or a list of such, not empty.
    OneOrMany,
    /// A list of texts that are not empty.
    Names,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A list out of these texts.
    SomeOf(&'static [&'static str]),
    /// An object whose values are texts.
    Texts,
    /// An object whose values are texts, numbers or booleans.
    Scalars,
    /// An object with these keys.
    Object(&'static [Field]),
    /// A list of objects with these keys.
    Objects(&'static [Field]),
    /// A list of named sets of values.
    Configs,
    /// A list of steps: what they may have is said by their tools.
    Steps,
    /// True or False, or an object with these keys, which means True.
    BoolOr(&'static [Field]),
    /// Whom to send e-mail to: one, several, or an object with these keys.
    Recipients(&'static [Field]),
    /// Anything.
    Any,
}

pub(crate) const fn required(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { key, kind, required: true, doc }
}

pub(crate) const fn optional(key: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { key, kind, required: false, doc }
}

/// The keys of the stage itself.
pub(crate) const STAGE: &[Field] = &[
    required("parent", Kind::OneOrMany, "`root`, or the stage or stages of the branch that this one waits for."),
    optional("triggers", Kind::Object(TRIGGERS), "What starts the stage; `{}` means `{\"parent\": True}`."),
    optional("parameters", Kind::Objects(PARAMETER), "The form that a person sees who starts the stage."),
    optional("configs", Kind::Configs, "Named sets of values; an environment names one, its values are `config.KEY`."),
    optional("flow_label", Kind::Text, "The flow's display name; may use `#{}`."),
    optional("run_label", Kind::Text, "The run's display name; may use `#{}`."),
    optional("timeout", Kind::Whole(1), "Limit of the whole run in seconds (10800)."),
    optional("concurrency", Kind::Object(CONCURRENCY), "Which runs supersede each other."),
    required("jobs", Kind::Objects(JOB), "The jobs; they run in parallel unless one needs another."),
    optional("notification", Kind::Object(NOTIFICATION), "Whom to tell how a run went."),
];

const TRIGGERS: &[Field] = &[
    optional("parent", Kind::Bool, "Root stage: start with each new flow (True). Child: start when the parents are done (False)."),
    optional("interval", Kind::Duration, "Start that long after the previous start."),
    optional("date", Kind::Date, "Start once, then."),
    optional("cron", Kind::Cron, "Start by a rule of minute, hour, day, month and weekday."),
    optional("timezone", Kind::TimeZone, "The time zone of `cron` (UTC)."),
    optional("repo", Kind::Object(REPO), "Start when there are new commits."),
    optional("webhook", Kind::BoolOr(WEBHOOK_TRIGGER), "Accept webhooks (True for root stages), all or only some."),
    optional("manual", Kind::Bool, "The run waits for a person to start it (False)."),
];

const WEBHOOK_TRIGGER: &[Field] = &[
    optional("paths", Kind::Names, "Globs: a push must touch a path that one of them matches (any)."),
    optional("paths_ignore", Kind::Names, "Globs: paths that do not count (none)."),
    optional("repos", Kind::Names, "Addresses of the repositories that count (all that the webhook is set up in)."),
    optional("tags", Kind::Names, "Globs: tags that start it (none)."),
];

const REPO: &[Field] = &[
    optional("url", Kind::Name, "The repository."),
    optional("branch", Kind::Name, "The branch in it."),
    optional("repos", Kind::Objects(REPO_BRANCH), "Several repositories."),
    optional("interval", Kind::DurationOrSeconds, "How often to look."),
    optional("git_cfg", Kind::Texts, "Settings of git for the look: `http.sslVerify` alone."),
    optional("credentials", Kind::Name, "The secret to look with: an access token, or user and password."),
];

const REPO_BRANCH: &[Field] = &[required("url", Kind::Name, "The repository."), required("branch", Kind::Name, "The branch in it.")];

const PARAMETER: &[Field] = &[
    required("name", Kind::Name, "How the argument is named."),
    optional("type", Kind::OneOf(&["string"]), "What it is (string)."),
    optional("default", Kind::Text, "Its value unless somebody gives another."),
    optional("description", Kind::Text, "What people are told about it."),
    optional("choices", Kind::Names, "The values to choose from."),
];

const CONCURRENCY: &[Field] = &[
    optional("group", Kind::Text, "Runs of one group supersede each other; may use `#{}` (stage, kind of flow, branch)."),
    optional("cancel_in_progress", Kind::Bool, "Whether a new run cancels the older ones of its group (False)."),
];

const JOB: &[Field] = &[
    required("name", Kind::Name, "Its name, unique in the stage."),
    optional("timeout", Kind::Whole(30), "Limit of the job in seconds (300)."),
    optional("needs", Kind::Names, "The jobs that must have finished without error first."),
    optional("retry_on_agent_loss", Kind::Bool, "Whether losing its agent may run it again (True)."),
    required("steps", Kind::Steps, "What it does, step by step."),
    required("environments", Kind::Objects(ENVIRONMENT), "Where it runs: one job for each environment and system."),
];

const ENVIRONMENT: &[Field] = &[
    required("system", Kind::OneOrMany, "`any`, or what the executor understands: a host's system, an image, an image alias."),
    required("agents_group", Kind::Name, "`all`, or the name of an agents group."),
    optional("executor", Kind::OneOf(&["local", "bare", "docker", "lxd"]), "What runs the steps (local)."),
    optional("config", Kind::Name, "Which of the stage's configs applies (default)."),
];

const EVENTS: &[&str] = &["start", "end", "failure", "fixed", "regression"];
const ON: Field = optional("on", Kind::SomeOf(EVENTS), "What to tell about.");

const NOTIFICATION: &[Field] = &[
    optional("email", Kind::Recipients(EMAIL), "Send an e-mail."),
    optional("slack", Kind::Object(&[required("channel", Kind::Name, "The channel."), ON]), "Write to a Slack channel."),
    optional("discord", Kind::Object(&[required("webhook", Kind::Name, "The webhook's address."), ON]), "Write to a Discord channel."),
    optional("github", Kind::Object(GIT_HOST), "Set the commit's status on GitHub."),
    optional("gitlab", Kind::Object(GIT_HOST), "Set the commit's status on GitLab."),
    optional("gitea", Kind::Object(GIT_HOST), "Set the commit's status on Gitea."),
    optional("webhook", Kind::Object(WEBHOOK), "Call an address."),
];

const EMAIL: &[Field] = &[required("to", Kind::OneOrMany, "Whom to send it to."), ON];

const GIT_HOST: &[Field] = &[
    required("credentials", Kind::Name, "`user:token` or a token; use a secret."),
    optional("url", Kind::Name, "The host's address, where it is one's own."),
    ON,
];

const WEBHOOK: &[Field] =
    &[required("url", Kind::Name, "The address."), optional("secret", Kind::Name, "What the call is signed with; use a secret."), ON];

/// The keys that every step may have.
pub(crate) const STEP: &[Field] = &[
    required("tool", Kind::Name, "The tool: `name` or `name@version`."),
    optional("name", Kind::Text, "The step's display name."),
    optional("when", Kind::Expression, "Whether to do it, asked just before (was_no_error)."),
    optional("attempts", Kind::Whole(1), "How often to try (1)."),
    optional("sleep_time_after_attempt", Kind::Whole(0), "Seconds between two attempts (0)."),
    optional("timeout", Kind::Whole(1), "Limit of one attempt in seconds; the tool says what it is otherwise."),
    optional("cwd", Kind::Text, "The folder it runs in, below the workspace (.)."),
    optional("env", Kind::Texts, "Environment variables."),
];

/// The keys of an entry of `configs` that are not values.
pub(crate) const CONFIG: &[Field] =
    &[required("name", Kind::Name, "How environments name it."), optional("values", Kind::Scalars, "The values.")];
