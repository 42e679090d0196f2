//! The configuration of a function: what the deployment set in its environment.

use kraken_cloud::Topic;

/// A variable that the deployment sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// Name of the table.
    Table,
    /// Name of the data bucket.
    Bucket,
    /// URL of the scheduler's queue.
    SchedulerQueue,
    /// URL of the results' queue.
    ResultsQueue,
    /// Name of the event bus. Only who tells it what happened has it.
    Bus,
    /// Whether metrics are written to the log, `on` or `off`.
    Metrics,
    /// ARN of the role that agents' credentials are of. Only who opens sessions for agents has it.
    AgentRole,
    /// Where logs are searched. Only who searches, indexes or forgets lines has it.
    Search,
    /// Name of the parameter with the user and the password that the search asks for, where it does. Who has [`Self::Search`] may have it.
    SearchPassword,
    /// Days that lines of logs can be searched. The indexer alone has it.
    SearchDays,
    /// Name of the parameter with the key that secrets are sealed with. Only who seals or opens has it.
    SealingKey,
    /// Id or ARN of the KMS key that encrypts that parameter, where it is not the one that AWS keeps.
    SealingKmsKey,
    /// Where people find the web UI. Only who makes links to it has it, where the deployment says it.
    PublicUrl,
}

impl Variable {
    /// Those without which no function over the control plane starts.
    pub const REQUIRED: [Self; 4] = [Self::Table, Self::Bucket, Self::SchedulerQueue, Self::ResultsQueue];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "KRAKEN_TABLE",
            Self::Bucket => "KRAKEN_BUCKET",
            Self::SchedulerQueue => "KRAKEN_QUEUE_SCHEDULER",
            Self::ResultsQueue => "KRAKEN_QUEUE_RESULTS",
            Self::Bus => "KRAKEN_BUS",
            Self::Metrics => "KRAKEN_METRICS",
            Self::AgentRole => "KRAKEN_AGENT_ROLE",
            Self::Search => "KRAKEN_SEARCH",
            Self::SearchPassword => "KRAKEN_SEARCH_PASSWORD_PARAMETER",
            Self::SearchDays => "KRAKEN_SEARCH_DAYS",
            Self::SealingKey => "KRAKEN_SEALING_KEY",
            Self::SealingKmsKey => "KRAKEN_SEALING_KMS_KEY",
            Self::PublicUrl => "KRAKEN_PUBLIC_URL",
        }
    }

    /// The one that holds the URL of a topic's queue.
    pub const fn queue(topic: Topic) -> Self {
        match topic {
            Topic::Scheduler => Self::SchedulerQueue,
            Topic::Results => Self::ResultsQueue,
        }
    }
}

/// What keeps a function from starting: the deployment is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable is missing.
    #[error("the environment variable {name} is not set: deploy the function again")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A variable has a value that makes no sense.
    #[error("the environment variable {name} is {value:?}: expected {expected}")]
    Wrong {
        /// Its name.
        name: &'static str,
        /// What it is; never a secret.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
}

/// What a function over the control plane is configured with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Name of the table.
    pub table: String,
    /// Name of the data bucket.
    pub bucket: String,
    /// URLs of the topics' queues.
    pub queues: Vec<(Topic, String)>,
    /// Name of the event bus, where the function tells it what happened.
    pub bus: Option<String>,
    /// Whether metrics are written to the log.
    pub metrics: bool,
    /// ARN of the role that agents' credentials are of, where the function hands them out.
    pub agent_role: Option<String>,
    /// Where logs are searched, or `none`; absent where the function does not search.
    pub search: Option<String>,
    /// Name of the parameter with the user and the password that it asks for.
    pub search_password: Option<String>,
    /// Name of the parameter with the key that secrets are sealed with, where the function seals or opens.
    pub sealing_key: Option<String>,
    /// The KMS key that encrypts that parameter, where it is not the one that AWS keeps.
    pub sealing_kms_key: Option<String>,
    /// Where people find the web UI, without a slash at its end; absent where the deployment does not say.
    pub public_url: Option<String>,
    /// The cloud's region.
    pub region: String,
    /// Where every service is, when that is not the cloud itself.
    pub endpoint: Option<String>,
}

impl Config {
    /// Reads the configuration with `get`, the process's own environment usually.
    ///
    /// # Errors
    /// [`ConfigError`] that names the variable.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &'static str| get(name).filter(|value| !value.is_empty());
        let wanted = |name: &'static str| text(name).ok_or(ConfigError::Missing { name });
        let mut queues = Vec::new();
        for topic in Topic::ALL {
            let name = Variable::queue(topic).name();
            queues.push((topic, url(name, wanted(name)?)?));
        }
        let endpoint = text("AWS_ENDPOINT_URL").map(|value| url("AWS_ENDPOINT_URL", value)).transpose()?;
        Ok(Self {
            table: wanted(Variable::Table.name())?,
            bucket: wanted(Variable::Bucket.name())?,
            queues,
            bus: text(Variable::Bus.name()),
            metrics: text(Variable::Metrics.name()).map(on_or_off).transpose()?.unwrap_or(false),
            agent_role: text(Variable::AgentRole.name()).map(role).transpose()?,
            search: text(Variable::Search.name()),
            search_password: text(Variable::SearchPassword.name()),
            sealing_key: text(Variable::SealingKey.name()),
            sealing_kms_key: text(Variable::SealingKmsKey.name()),
            public_url: text(Variable::PublicUrl.name())
                .map(|value| url(Variable::PublicUrl.name(), value))
                .transpose()?
                .map(|value| value.trim_end_matches('/').to_owned()),
            region: wanted("AWS_REGION")?,
            endpoint,
        })
    }

    /// Reads the configuration of this process.
    ///
    /// # Errors
    /// [`ConfigError`] that names the variable.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }
}

fn url(name: &'static str, value: String) -> Result<String, ConfigError> {
    if value.starts_with("https://") || value.starts_with("http://") {
        return Ok(value);
    }
    Err(ConfigError::Wrong { name, value, expected: "a URL" })
}

fn on_or_off(value: String) -> Result<bool, ConfigError> {
    match value.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(ConfigError::Wrong { name: Variable::Metrics.name(), value, expected: "on or off" }),
    }
}

fn role(value: String) -> Result<String, ConfigError> {
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", _, account, role] if !account.is_empty() && role.starts_with("role/") => Ok(value),
        _ => Err(ConfigError::Wrong { name: Variable::AgentRole.name(), value, expected: "the ARN of a role" }),
    }
}

#[cfg(test)]
mod tests;
