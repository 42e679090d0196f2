//! What a git host told through a webhook, as it is kept until it is dealt with, and what a stage says about being started by it.
//!
//! Invariant: what is kept fits into one item of the table whatever the host sent: a list of paths that is too long is no list but
//! "not known", which runs rather than not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BranchId, FlowId, ProjectId, StageId, change::Change, record::Stage};

/// Bytes of paths that are kept to compare them with the filters of stages.
pub const PATHS_BYTES_MAX: usize = 8 * 1024;
/// Seconds for which a delivery is kept: one that comes again meanwhile is recognised.
pub const KEPT_S: i64 = 7 * 24 * 3600;
/// Seconds for which a delivery of which only the body is signed is recognised by that, whatever it is called then. Some hours, as the same body
/// may tell of the same happening once more: what somebody sends again after that runs what has run before.
pub const BODY_KNOWN_S: i64 = 3 * 3600;
/// Seconds for which a flow is known to have been started for a delivery: longer than the delivery can be due, as the table takes its time to
/// forget what has passed its end.
pub const FLOW_KNOWN_S: i64 = 2 * KEPT_S;
/// What became of a delivery is kept for this many branches.
pub const OUTCOMES_MAX: usize = 40;

/// What a stage says about being started by webhooks. By default a root stage that starts with each flow accepts all pushes to branches and all
/// pull requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRule {
    /// `false`: never. `true`: also if it does not start with each flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts: Option<bool>,
    /// Globs: a push must touch a path that one of them matches. Empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Globs: paths that do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths_ignore: Vec<String>,
    /// Addresses of the repositories that count. Empty: all that the webhook is set up in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repos: Vec<String>,
    /// Globs: tags that start it. Empty: none do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl WebhookRule {
    /// Whether it says nothing of its own.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One thing that happened at a git host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What.
    pub what: Happening,
    /// `owner/name` of the repository; of a pull request, the one that it goes to.
    #[serde(default)]
    pub repo: String,
    /// Every spelling of its address that the host gave.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Why its author wants nothing to run, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "snake_case")]
pub enum Happening {
    /// A branch moved, came or went.
    Push {
        /// Its name.
        branch: String,
        /// It is gone.
        deleted: bool,
        /// The paths that the push touches; `None`: that is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paths: Option<Vec<String>>,
    },
    /// A tag came, moved or went.
    Tag {
        /// Its name.
        name: String,
        /// It is gone.
        deleted: bool,
    },
    /// A pull request has other commits than before, or goes into another branch.
    Pull {
        /// Its number.
        number: u64,
        /// The branch that it goes to.
        target: String,
        /// The branch that it comes from.
        source: String,
        /// The paths that it touches: no host tells, so they are only known after a look into the repository.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paths: Option<Vec<String>>,
    },
    /// Nothing that starts anything.
    Nothing {
        /// What it was.
        why: String,
    },
}

impl Happening {
    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Push { branch, deleted: false, .. } => format!("push to {branch}"),
            Self::Push { branch, deleted: true, .. } => format!("branch {branch} deleted"),
            Self::Tag { name, deleted: false } => format!("tag {name}"),
            Self::Tag { name, deleted: true } => format!("tag {name} deleted"),
            Self::Pull { number, target, source, .. } => format!("pull request {number} from {source} into {target}"),
            Self::Nothing { why } => why.clone(),
        }
    }
}

/// A delivery of a webhook, or one of the several things that it told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where it is kept.
    pub id: DeliveryId,
    /// Which kind of host sent it: the name that stands in addresses.
    pub host: String,
    /// The host's name for the delivery.
    pub name: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What it told.
    pub told: Told,
    /// The change that flows are started with; nothing once it is dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Box<Change>>,
    /// When it is looked at (again); `None` once it is dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What came of it, branch by branch, or why nothing did.
    #[serde(default)]
    pub outcomes: Vec<DeliveryOutcome>,
}

/// Where a delivery is kept: its project, and a name of its own there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeliveryId {
    /// The project.
    pub project: ProjectId,
    /// SHA-256 of the host's name for it in hexadecimal, and the number of the thing that it told.
    pub name: String,
}

impl std::fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "delivery:{}:{}", self.project, self.name)
    }
}

impl std::str::FromStr for DeliveryId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (project, name) = text.strip_prefix("delivery:").and_then(|rest| rest.split_once(':')).ok_or(())?;
        let is_name = !name.is_empty() && name.len() <= 80 && name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !is_name {
            return Err(());
        }
        Ok(Self { project: project.parse().map_err(|_| ())?, name: name.to_owned() })
    }
}

/// What came of a delivery in one branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryOutcome {
    /// The branch; `None`: it is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchId>,
    /// The flow that was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowId>,
    /// In words.
    pub words: String,
}

impl Delivery {
    /// The key under which a branch starts a flow for it: the same again gives the same flow.
    pub fn once(&self) -> String {
        format!("webhook/{}", self.id)
    }

    /// The delivery after it was dealt with.
    #[must_use]
    pub fn done(&self, mut outcomes: Vec<DeliveryOutcome>) -> Self {
        let more = outcomes.len().saturating_sub(OUTCOMES_MAX);
        if more > 0 {
            outcomes.truncate(OUTCOMES_MAX);
            outcomes.push(DeliveryOutcome { branch: None, flow: None, words: format!("and so in {more} further branches") });
        }
        // The lists are not needed any more, and the flow has the change.
        let mut told = self.told.clone();
        if let Happening::Push { paths, .. } = &mut told.what {
            *paths = None;
        }
        Self { due: None, change: None, told, outcomes, ..self.clone() }
    }
}

/// A stage that may be started by a webhook.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The stage.
    pub id: StageId,
    /// Its name.
    pub name: String,
    /// Whether it starts with each new flow: what does not is started only by webhooks that it asks for.
    pub with_flows: bool,
    /// What it says.
    pub rule: WebhookRule,
}

impl Candidate {
    /// A root stage as it may be started.
    pub fn of(stage: Stage) -> Self {
        Self { id: stage.id, name: stage.name, with_flows: stage.starts_with_parent, rule: stage.webhook }
    }
}

#[cfg(test)]
mod tests;
