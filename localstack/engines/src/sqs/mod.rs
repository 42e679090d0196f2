//! Queues: an engine of our own on SQLite that answers the SQS JSON protocol as AWS does, as far as Kraken needs it.
//!
//! Invariants: what was acknowledged survives `kill -9`; queues survive a power cut too, but messages of its last moments may be
//! lost or come twice, which costs their users time, never truth; a message in flight is kept like any other and becomes
//! visible again at its deadline, whoever runs then; a receive that finds nothing writes nothing; waiting costs no polling.
//!
//! Differences from SQS: one account, one region; `PurgeQueue` may be repeated at once; `ReceiveRequestAttemptId`
//! is ignored; queue policies, tags and encryption settings have no effect.

mod acknowledge;
mod batch;
mod call;
mod catalogue;
mod deliver;
mod digest;
mod fault;
mod ledger;
mod lines;
mod messages;
mod names;
mod queues;
mod receipt;
mod receive;
mod reply;
mod retention;
mod schema;
mod send;
mod settings;
mod waiting;
mod wire;

use std::fmt;
use std::path::Path;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use http::Response;

pub(crate) use self::call::{Call, TARGET};
pub(crate) use self::fault::{Fault, FaultKind};
use self::ledger::Ledger;
pub(crate) use self::reply::{fault, refusal};
use crate::clock::Now;
pub use crate::group_commit::DatabaseError;
use crate::group_commit::Writer;
use crate::in_process;
use crate::meter::{self, Meter, Service};

/// Why the queues can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum SqsError {
    /// The database can't be used.
    #[error("the queues: {0}")]
    Database(#[from] DatabaseError),
    /// The thread that owns the database could not be started.
    #[error("the queues: cannot start their thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The queues of one directory. Cheap to clone; the last clone closes them.
#[derive(Clone)]
pub struct Sqs {
    writer: Writer<Ledger>,
    meter: Option<Meter>,
}

impl Sqs {
    /// Opens the queues in `dir`, which is made if it doesn't exist. Blocks for as long as the disk takes.
    pub fn open(dir: &Path, now: Now) -> Result<Self, SqsError> {
        Ok(Self { writer: Writer::spawn("kraken-sqs", Ledger::open(dir, now)?)?, meter: None })
    }

    /// The same queues, with what clients in this process ask noted by `meter`, if there is one.
    pub fn metered(self, meter: Option<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// A transport for `aws-sdk-sqs` that ends here, without sockets and signatures.
    pub fn http_client(&self) -> SharedHttpClient {
        let sqs = self.clone();
        in_process::client(move |request| {
            let sqs = sqs.clone();
            async move {
                let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
                let uri = request.uri();
                let base = format!("{}://{}", uri.scheme_str().unwrap_or("http"), uri.authority().map_or("sqs", |host| host.as_str()));
                match &sqs.meter {
                    None => sqs.handle(target, &base, request.body()).await,
                    Some(meter) => sqs.noted(meter, target, &base, request.body()).await,
                }
            }
        })
    }

    /// The leanest client of these queues in this process: it neither signs nor retries.
    pub fn client(&self) -> aws_sdk_sqs::Client {
        crate::lean_client::lean_client!(aws_sdk_sqs, self.http_client())
    }

    /// Answers one request of the JSON protocol. `target` is its `X-Amz-Target` (`AmazonSQS.SendMessage`), `base` the
    /// start of the queue addresses in the answer (`http://127.0.0.1:8080`).
    pub async fn handle(&self, target: &str, base: &str, body: &Bytes) -> Response<Bytes> {
        match Call::parse(target, body) {
            Ok(call) => self.execute(call, base).await,
            Err(fault) => reply::fault(&fault),
        }
    }

    async fn noted(&self, meter: &Meter, target: &str, base: &str, body: &Bytes) -> Response<Bytes> {
        let (caller, began) = (meter::caller(), meter::begun().await);
        let answer = self.handle(target, base, body).await;
        let call = meter::Call::new(began, caller, Service::Sqs, target.trim_start_matches(TARGET).to_owned());
        meter.note(meter::Call { about: queue_name(body), items: messages(answer.body()), failed: !answer.status().is_success(), ..call });
        answer
    }

    /// Looks again at what is due, for clocks that jump: receives in line are otherwise woken after the time that was
    /// left when they began to wait.
    pub async fn clock_moved(&self) {
        // If the thread is gone, nobody waits any more.
        let _ = self.writer.note(|ledger| ledger.waiting.touch_all()).await;
    }

    /// Answers a request that was read before.
    pub(crate) async fn execute(&self, call: Call, base: &str) -> Response<Bytes> {
        match call {
            Call::CreateQueue(request) => reply::of(self.create_queue(request, base).await),
            Call::GetQueueUrl(request) => reply::of(self.queue_url(request, base).await),
            Call::ListQueues(request) => reply::of(self.list_queues(request, base).await),
            Call::DeleteQueue(request) => reply::of(self.delete_queue(request).await),
            Call::PurgeQueue(request) => reply::of(self.purge_queue(request).await),
            Call::GetQueueAttributes(request) => reply::of(self.queue_attributes(request).await),
            Call::SetQueueAttributes(request) => reply::of(self.set_queue_attributes(request).await),
            Call::SendMessage(request) => reply::of(self.send_message(request).await),
            Call::SendMessageBatch(request) => reply::of(self.send_batch(request).await),
            Call::ReceiveMessage(request) => reply::of(self.receive_message(request).await),
            Call::DeleteMessage(request) => reply::of(self.delete_message(request).await),
            Call::DeleteMessageBatch(request) => reply::of(self.delete_batch(request).await),
            Call::ChangeMessageVisibility(request) => reply::of(self.change_visibility(request).await),
            Call::ChangeMessageVisibilityBatch(request) => reply::of(self.change_visibility_batch(request).await),
        }
    }
}

/// The name of the queue that a request is for.
fn queue_name(body: &[u8]) -> String {
    let request: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let named = request.get("QueueUrl").or_else(|| request.get("QueueName")).and_then(serde_json::Value::as_str).unwrap_or_default();
    named.rsplit('/').next().unwrap_or_default().to_owned()
}

/// How many messages an answer brings; 1 for an answer to anything but a receive.
pub(crate) fn messages(answer: &[u8]) -> usize {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    match answer.get("Messages") {
        Some(messages) => messages.as_array().map_or(0, Vec::len),
        None => usize::from(answer.as_object().is_some_and(|fields| !fields.is_empty())),
    }
}

impl fmt::Debug for Sqs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sqs")
    }
}
