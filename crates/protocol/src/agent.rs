//! Agent ⇄ API: enrolment, session, claim, heartbeat, finish.
//!
//! All calls are `POST` with a JSON body under `/api/agent/…`, authorised by `Authorization: Bearer <agent token>` (enrolment:
//! by the enrolment token). Every call about a job carries the generation that its claim handed out; an answer `409` with the
//! problem type `stale-generation` means: stop working on it. Calls may be repeated: the answer is the same.

mod data;

use std::collections::BTreeMap;

use jiff::Timestamp;
use kraken_domain::{
    AgentId, JobId,
    agent::HostFacts,
    job::{Generation, Verdict},
    place::Executor,
    step::Step,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use data::{ChangeData, ChangedData, DataNow, ReadData};

/// `POST /api/agent/enrol`: join with an enrolment token (authorised at once) or without (discovered).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// What people shall call it; the host's name when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// What the agent says of its host.
    pub facts: HostFacts,
    /// Names the installation (one state directory), made at random once by the agent.
    pub installation: String,
    /// The token that the agent will use, made by itself and kept before it is sent: so an
    /// enrolment whose answer was lost can be repeated. Absent: the server makes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<AgentSecret>,
}

/// A secret on the wire that is not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentSecret(pub String);

impl std::fmt::Debug for AgentSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AgentSecret")
    }
}

/// What the token of an agent begins with.
const AGENT_SECRET: &str = "kraken_agent_";

impl AgentSecret {
    /// The token that holds these random bytes.
    pub fn of(random: &[u8; 32]) -> Self {
        let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{AGENT_SECRET}{hex}"))
    }

    /// Whether it is what [`AgentSecret::of`] makes: nobody chooses a token that can be guessed by length.
    pub fn is_well_formed(&self) -> bool {
        let random = self.0.strip_prefix(AGENT_SECRET).unwrap_or_default();
        random.len() == 64 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// Answer to [`EnrolRequest`]. The only time the token is seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Enrolled {
    /// The agent's identity from now on.
    pub agent: AgentId,
    /// Its one lasting secret.
    pub token: String,
    /// Whether it may already take jobs, or waits for an administrator.
    pub authorised: bool,
}

/// `POST /api/agent/session`: at start, and before the credentials end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionRequest {
    /// What the agent says of its host now.
    pub facts: HostFacts,
    /// Names the installation that speaks; another living one with the same token is refused (`409`, `agent-in-use`).
    pub installation: String,
    /// Somebody only looks whether a session could be had: the agent itself is not heard of by this.
    #[serde(default)]
    pub probe: bool,
}

/// Answer to [`SessionRequest`]: all that the agent needs to work for a while.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Who it is.
    pub agent: AgentId,
    /// Whether it may take jobs; if not, ask again after `poll_wait_s`.
    pub authorised: bool,
    /// The server's clock.
    pub server_time: Timestamp,
    /// Where its queue is.
    pub queue_url: String,
    /// Endpoint of the queue service; `None`: the cloud's own for the region.
    #[serde(default)]
    pub queue_endpoint: Option<String>,
    /// Endpoint of the object store; `None`: the cloud's own for the region.
    #[serde(default)]
    pub object_endpoint: Option<String>,
    /// Region to sign for.
    pub region: String,
    /// The bucket that takes logs, results and artifacts.
    pub bucket: String,
    /// The only key prefix it may touch, ending in `/`.
    pub prefix: String,
    /// Credentials limited to that queue and that prefix.
    pub credentials: TemporaryCredentials,
    /// How often to do what.
    pub intervals: Intervals,
}

/// Short-lived credentials of the cloud (or of the engines at home).
#[derive(Clone, Serialize, Deserialize)]
pub struct TemporaryCredentials {
    /// Public part.
    pub access_key_id: String,
    /// Secret part.
    pub secret_access_key: String,
    /// Goes with every request.
    pub session_token: String,
    /// When they end. Renew well before.
    pub expires: Timestamp,
}

impl std::fmt::Debug for TemporaryCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemporaryCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// How often an agent does what; the server decides.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Intervals {
    /// Seconds between heartbeats while it works.
    pub heartbeat_s: u32,
    /// Seconds between heartbeats while it waits.
    pub idle_heartbeat_s: u32,
    /// Seconds that one receive on the queue waits for a message.
    pub poll_wait_s: u32,
    /// Milliseconds between uploads of a live log's newest lines.
    pub log_flush_ms: u32,
    /// Seconds that a lease lasts. Unable to renew for that long, the agent stops its job.
    pub lease_s: u32,
    /// Seconds at least between two pieces of what an agent itself says; none comes while it says nothing.
    #[serde(default = "own_log_s")]
    pub own_log_s: u32,
}

/// Rare enough to cost next to nothing, where each piece is paid for.
fn own_log_s() -> u32 {
    300
}

/// `POST /api/agent/claim`: ask for the job that is promised to this agent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Names the installation that asks; one that has been replaced by another is refused (`409`, `agent-in-use`).
    #[serde(default)]
    pub installation: String,
}

/// Answer to [`ClaimRequest`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claimed {
    /// The job, or nothing: the wake-up was old.
    pub job: Option<Box<JobOrder>>,
}

/// A job as an agent needs it. Holds secrets: never logged, never written to disk.
#[derive(Clone, Serialize, Deserialize)]
pub struct JobOrder {
    /// The job.
    pub job: JobId,
    /// The fence of this claim.
    pub generation: Generation,
    /// Until when the agent holds it unless it renews.
    pub lease_until: Timestamp,
    /// Its name in the stage.
    pub name: String,
    /// What runs the steps.
    pub executor: Executor,
    /// For Docker an image, for LXD an alias, for the bare host its system.
    pub system: String,
    /// Seconds it may take from now.
    pub timeout_s: u32,
    /// The steps as the stage gives them, not yet interpolated.
    pub steps: Vec<Value>,
    /// What `ctx` and `#{…}` see, without secrets; steps' results are filled in by the agent.
    pub context: Value,
    /// The secrets that the steps name: name → value or object of fields. Never part of `context` on the wire's other side.
    #[serde(default)]
    pub secrets: BTreeMap<String, Value>,
    /// Where the log goes: key prefix ending in `/`, under the session's prefix.
    pub log_prefix: String,
    /// Where artifacts go: key prefix ending in `/`, under the session's prefix.
    pub artifact_prefix: String,
}

impl std::fmt::Debug for JobOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobOrder")
            .field("job", &self.job)
            .field("generation", &self.generation)
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

/// `POST /api/agent/heartbeat`: I live; and, holding a job, I still work on it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct HeartbeatRequest {
    /// The job it works on, if any.
    #[serde(default)]
    pub job: Option<JobProgress>,
    /// Names the installation that speaks, as in [`ClaimRequest`].
    #[serde(default)]
    pub installation: String,
    /// The agent ends: it is given no more jobs until it opens a session again.
    #[serde(default)]
    pub leaving: bool,
}

/// How far a held job has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobProgress {
    /// The job.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// How the steps went so far, in order, all of them.
    pub steps: Vec<Step>,
}

/// Answer to [`HeartbeatRequest`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HeartbeatAnswer {
    /// The server's clock.
    pub server_time: Timestamp,
    /// For a held job: until when the lease now lasts.
    #[serde(default)]
    pub lease_until: Option<Timestamp>,
    /// For a held job: stop it (cancelled, or time up).
    #[serde(default)]
    pub stop: bool,
    /// The agent was deleted or is not authorised: take no jobs.
    #[serde(default)]
    pub authorised: bool,
    /// A job is promised to this agent: claim it. Repairs a lost wake-up.
    #[serde(default)]
    pub claim: bool,
}

/// `POST /api/agent/finish`: the job is over, everything it brought is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FinishRequest {
    /// The job.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// How it went.
    pub verdict: Verdict,
    /// How the steps went, in order, all of them.
    pub steps: Vec<Step>,
    /// The agent would take another job at once.
    #[serde(default)]
    pub more: bool,
    /// Names the installation that speaks, as in [`ClaimRequest`].
    #[serde(default)]
    pub installation: String,
}

/// Answer to [`FinishRequest`] and [`AbandonRequest`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Finished {
    /// The agent's next job, claimed with this answer, if it asked for more and one waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Box<JobOrder>>,
}

/// `POST /api/agent/abandon`: this job was interrupted by a restart, or came when the agent was about to end; nothing of it runs any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AbandonRequest {
    /// The job.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// Nothing of it has begun: giving it back is no loss.
    #[serde(default)]
    pub untouched: bool,
}

/// `POST /api/agent/artifacts/register`: files of this job are stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RegisterArtifacts {
    /// The job.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// The files.
    pub files: Vec<ArtifactFile>,
}

/// One stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactFile {
    /// Its path as users see it: relative, `/`-separated, no `..`.
    pub path: String,
    /// Where it is stored.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Unix permission bits.
    pub mode: u32,
    /// Whether it may be fetched without a token.
    #[serde(default)]
    pub public: bool,
    /// Whether it is the entry page of a report.
    #[serde(default)]
    pub report_entry: bool,
}

/// `POST /api/agent/artifacts/find`: where can I read these files of earlier runs of this flow?
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindArtifacts {
    /// The job that asks.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// Paths and patterns (`*`, `**`), all of which one run must have.
    pub sources: Vec<String>,
}

/// Answer to [`FindArtifacts`]: the files of the newest run of the flow that has all sources; none if no run has.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FoundArtifacts {
    /// The files.
    pub files: Vec<FoundArtifact>,
    /// Sources that no run has, when nothing was found.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// A file of another run, with leave to read it.
#[derive(Clone, Serialize, Deserialize)]
pub struct FoundArtifact {
    /// The file.
    #[serde(flatten)]
    pub file: ArtifactFile,
    /// Presigned; good for an hour. A secret: not logged.
    pub url: String,
}

impl std::fmt::Debug for FoundArtifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundArtifact").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A message on an agent's queue. It only says that there is news; facts are read from the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wake", rename_all = "snake_case")]
pub enum Wake {
    /// Look: a job may be promised, the held one may have to stop, the agent may be deleted.
    News,
    /// Something a later version says; treated like [`Wake::News`].
    #[serde(other)]
    Unknown,
}
