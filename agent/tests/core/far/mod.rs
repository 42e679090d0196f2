//! The far side of an agent: what the control plane would be, as small as it can be, over real sockets.

mod api;
mod relay;
mod stored;

use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use kraken_domain::{
    AgentId, JobId,
    job::{Generation, Verdict},
    place::Executor,
    step::Step,
};
use kraken_engines::{
    auth::{Keyring, agent_prefix, agent_queue},
    clock,
    front::Front,
    s3::{self, DATA_BUCKET, S3},
    sqs::Sqs,
};
use kraken_protocol::agent::{ArtifactFile, FinishRequest, Intervals, JobOrder, Wake};
use serde_json::{Value, json};
use tokio::time::Instant;

pub use relay::Relay;

pub const ENROLMENT: &str = "enrolment-s3cret";
pub const TOKEN: &str = "agent-t0ken";

/// How long anything in a test may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The far side. Clones are the same one.
#[derive(Clone)]
pub struct Far {
    pub address: String,
    pub relay: Relay,
    pub store: aws_sdk_s3::Client,
    pub queue: aws_sdk_sqs::Client,
    pub facts: Arc<Mutex<Facts>>,
    pub dir: Arc<tempfile::TempDir>,
    front: Front,
    endpoint: s3::Endpoint,
    keyring: Keyring,
}

/// What the far side knows, and how it shall behave.
pub struct Facts {
    pub agent: AgentId,
    pub installation: Option<String>,
    pub authorised: bool,
    pub intervals: Intervals,
    pub waiting: VecDeque<JobOrder>,
    pub held: Option<(JobId, Generation)>,
    pub claims: u32,
    pub sessions: u32,
    pub heartbeats: Vec<Option<Vec<Step>>>,
    pub stop: bool,
    /// Answers that the generation is over.
    pub stale: bool,
    /// Whether the agent was deleted: its token is worth nothing.
    pub deleted: bool,
    /// How many requests to answer with 503 first.
    pub unwell: u32,
    pub finished: Vec<FinishRequest>,
    pub abandoned: Vec<JobId>,
    pub artifacts: BTreeMap<String, ArtifactFile>,
    pub credentials_s: i64,
    /// What the far side's clock is ahead of this host's.
    pub ahead: SignedDuration,
    /// Every request to the store: method and key.
    pub puts: Vec<String>,
}

impl Far {
    pub async fn start() -> Self {
        Self::ahead_by(SignedDuration::ZERO).await
    }

    /// A far side whose clock differs from this host's.
    pub async fn ahead_by(ahead: SignedDuration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now: clock::Now = Arc::new(move || Timestamp::now() + ahead);
        let keyring = Keyring::new([7; 32]);
        let sqs = Sqs::open(&dir.path().join("sqs"), now.clone()).unwrap();
        let s3 = S3::open(&dir.path().join("s3"), now.clone(), keyring.clone()).unwrap();
        let agent = AgentId::new(1, 2);
        let queue = sqs.client();
        queue.create_queue().queue_name(agent_queue(&agent.to_string())).send().await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Relay::to(listener.local_addr().unwrap()).await;
        let address = format!("http://{}", relay.address());
        let store = s3.client_for_endpoint(&address);
        store.create_bucket().bucket(DATA_BUCKET).send().await.unwrap();
        let facts = Facts {
            agent,
            installation: None,
            authorised: true,
            intervals: Intervals { heartbeat_s: 15, idle_heartbeat_s: 15, poll_wait_s: 20, log_flush_ms: 200, lease_s: 60, own_log_s: 300 },
            waiting: VecDeque::new(),
            held: None,
            claims: 0,
            sessions: 0,
            heartbeats: Vec::new(),
            stop: false,
            stale: false,
            deleted: false,
            unwell: 0,
            finished: Vec::new(),
            abandoned: Vec::new(),
            artifacts: BTreeMap::new(),
            credentials_s: 3600,
            ahead,
            puts: Vec::new(),
        };
        let far = Self {
            address,
            relay,
            store,
            queue,
            facts: Arc::new(Mutex::new(facts)),
            dir: Arc::new(dir),
            front: Front::new(sqs, keyring.clone(), now),
            endpoint: s3.service(),
            keyring,
        };
        let router = api::router(far.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        far
    }

    pub fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap()
    }

    /// A job with these steps, as the control plane would hand it out.
    pub fn order(&self, number: u32, steps: Value) -> JobOrder {
        let job: JobId = format!("01j9zqk3v5w8x2y4t6r7n0m1pa-1-{number}").parse().unwrap();
        let prefix = agent_prefix(&self.facts().agent.to_string());
        JobOrder {
            job,
            generation: Generation(1),
            lease_until: Timestamp::now(),
            name: format!("job {number}"),
            executor: Executor::Local,
            system: "any".into(),
            timeout_s: 300,
            steps: steps.as_array().unwrap().clone(),
            context: json!({
                "project": {"id": "p", "name": "demo"},
                "branch": {"name": "main", "branch_name": "main"},
                "flow": {"id": "01j9zqk3v5w8x2y4t6r7n0m1pa", "kind": "ci", "label": "1.", "seq": {"shared": 1, "own": 1}},
                "run": {"id": "01j9zqk3v5w8x2y4t6r7n0m1pa-1", "label": "1."},
                "job": {"id": job.to_string(), "name": "job"},
                "args": {"greeting": "hello"}, "env": {}, "config": {}, "stage": {"name": "stage"}, "step": {},
            }),
            secrets: BTreeMap::new(),
            log_prefix: format!("{prefix}logs/{job}/1/"),
            artifact_prefix: format!("{prefix}artifacts/{job}/1/"),
        }
    }

    /// Promises a job to the agent and wakes it.
    pub async fn give(&self, order: JobOrder) {
        self.facts().waiting.push_back(order);
        self.wake().await;
    }

    pub async fn wake(&self) {
        let agent = self.facts().agent.to_string();
        let url = self.queue.get_queue_url().queue_name(agent_queue(&agent)).send().await.unwrap().queue_url.unwrap();
        let body = serde_json::to_string(&Wake::News).unwrap();
        self.queue.send_message().queue_url(url).message_body(body).send().await.unwrap();
    }

    /// Waits for the end of the job that was finished as number `n` (from 0).
    pub async fn finished(&self, n: usize) -> FinishRequest {
        eventually("the job to be finished", || self.facts().finished.get(n).cloned()).await
    }

    /// Gives a job and waits for its end.
    pub async fn done(&self, order: JobOrder) -> FinishRequest {
        let n = self.facts().finished.len();
        self.give(order).await;
        self.finished(n).await
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// How a finished job went, in a line.
pub fn told(verdict: &Verdict, steps: &[Step]) -> String {
    let states: Vec<String> = steps.iter().map(|step| format!("{:?}", step.status).to_lowercase()).collect();
    format!("{}: {}", verdict.outcome.as_str(), states.join(" "))
}

/// Looks until there is what is wanted.
pub async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    eventually_async(what, || std::future::ready(look())).await
}

/// Looks until there is what is wanted.
pub async fn eventually_async<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
