//! The event bus: what happened is told to everybody in this process who subscribed to it, at least once.
//!
//! It answers `PutEvents` of the EventBridge JSON protocol. Invariant: an event that was accepted reaches every
//! subscriber whose pattern it matches, across failures and restarts, for a day; each event has one id by which a
//! subscriber knows that it has seen it. Subscriptions are kept too, so an event put before a subscriber is back
//! waits for it.
//!
//! Differences from EventBridge: one bus, whatever name a request gives; rules are subscriptions made in process.

mod bring;
mod event;
mod forward;
mod ledger;
mod pattern;
mod put;
mod subscription;

use std::collections::HashMap;
use std::fmt;
use std::fmt::Display;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use tokio::sync::Notify;

pub use self::event::Event;
pub use self::forward::QueueTarget;
use self::ledger::Ledger;
pub use self::pattern::{Pattern, PatternError};
use self::put::{Outcome, PutEvents, PutReply};
pub use self::subscription::Subscription;
use crate::clock::Now;
pub use crate::group_commit::DatabaseError;
use crate::group_commit::Writer;
use crate::in_process;
use crate::meter::{self, Call, Meter, Service};

const PUT_EVENTS: &str = "AWSEvents.PutEvents";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// Why the bus can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The database can't be used.
    #[error("the event bus: {0}")]
    Database(#[from] DatabaseError),
    /// The thread that owns the database could not be started.
    #[error("the event bus: cannot start its thread: {0}")]
    Thread(#[from] std::io::Error),
    /// The database failed. Its log line has the cause; try again.
    #[error("the event bus: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// An event could not be written as JSON. Nothing to retry.
    #[error("the event bus: an event has no JSON form: {0}")]
    Json(#[from] serde_json::Error),
    /// The storage is closing or failing. Try again.
    #[error("the event bus is not available")]
    Unavailable,
}

/// The bus of one directory. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Bus {
    writer: Writer<Ledger>,
    now: Now,
    woken: Arc<Mutex<HashMap<String, Arc<Notify>>>>,
    meter: Option<Meter>,
}

impl Bus {
    /// Opens the bus in `dir`, which is made if it doesn't exist. Blocks for as long as the disk takes.
    pub fn open(dir: &Path, now: Now) -> Result<Self, BusError> {
        let ledger = Ledger::open(dir, Arc::clone(&now))?;
        Ok(Self { writer: Writer::spawn("kraken-bus", ledger)?, now, woken: Arc::default(), meter: None })
    }

    /// The same bus, with what clients in this process ask noted by `meter`, if there is one.
    pub fn metered(self, meter: Option<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// Brings every event that `pattern` wants to `handler`, one at a time, from now on and under this name for good:
    /// events that come while nobody handles them are kept for a day. An event is acknowledged by `Ok`; after an
    /// error it comes again, later each time. Needs a tokio runtime.
    pub async fn subscribe<F, R, E>(&self, name: &str, pattern: Pattern, handler: F) -> Result<Subscription, BusError>
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send,
    {
        let subscriber = name.to_owned();
        self.writer.run(move |ledger| ledger.subscribe(&subscriber, pattern)).await?;
        Ok(subscription::start(self.writer.clone(), name.to_owned(), self.bell(name), handler))
    }

    /// Puts every event that `pattern` wants into a queue, in the envelope of EventBridge, from now on and under this name for good. Needs
    /// a tokio runtime.
    pub async fn forward(&self, name: &str, pattern: Pattern, target: QueueTarget) -> Result<Subscription, BusError> {
        let subscriber = name.to_owned();
        self.writer.run(move |ledger| ledger.subscribe(&subscriber, pattern)).await?;
        let forwarding = forward::forward(self.writer.clone(), name.to_owned(), self.bell(name), target);
        Ok(Subscription::of(tokio::spawn(forwarding)))
    }

    /// Forgets a subscription and what was kept for it.
    pub async fn unsubscribe(&self, name: &str) -> Result<(), BusError> {
        let name = name.to_owned();
        self.writer.run(move |ledger| ledger.unsubscribe(&name)).await
    }

    /// Looks again at what is due, for clocks that jump.
    pub fn clock_moved(&self) {
        for bell in self.woken.lock().unwrap_or_else(PoisonError::into_inner).values() {
            bell.notify_one();
        }
    }

    /// A transport for `aws-sdk-eventbridge` that ends here, without sockets and signatures.
    pub fn http_client(&self) -> SharedHttpClient {
        let bus = self.clone();
        in_process::client(move |request| {
            let bus = bus.clone();
            async move {
                let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
                match &bus.meter {
                    None => bus.handle(target, request.body()).await,
                    Some(meter) => bus.noted(meter, target, request.body()).await,
                }
            }
        })
    }

    async fn noted(&self, meter: &Meter, target: &str, body: &Bytes) -> Response<Bytes> {
        let (began, caller) = (Instant::now(), meter::caller());
        let answer = self.handle(target, body).await;
        let request: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let items = request.get("Entries").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        let call = Call::new(began, caller, Service::Events, target.rsplit('.').next().unwrap_or_default().to_owned());
        meter.note(Call { items, failed: !answer.status().is_success(), ..call });
        answer
    }

    /// The leanest client of this bus in this process: it neither signs nor retries.
    pub fn client(&self) -> aws_sdk_eventbridge::Client {
        crate::lean_client::lean_client!(aws_sdk_eventbridge, self.http_client())
    }

    /// Answers one request of the JSON protocol. `target` is its `X-Amz-Target`.
    pub async fn handle(&self, target: &str, body: &Bytes) -> Response<Bytes> {
        if target != PUT_EVENTS {
            return refusal(StatusCode::BAD_REQUEST, "UnknownOperationException", &format!("{target:?} is not known here"));
        }
        let request: PutEvents = match serde_json::from_slice(body) {
            Ok(request) => request,
            Err(error) => return refusal(StatusCode::BAD_REQUEST, "SerializationException", &error.to_string()),
        };
        if let Err(problem) = request.check() {
            return refusal(StatusCode::BAD_REQUEST, "ValidationException", &problem);
        }
        match self.put(request).await.and_then(|reply| Ok(serde_json::to_vec(&reply)?)) {
            Ok(body) => response(StatusCode::OK, body),
            Err(error) => {
                tracing::error!(%error, "events could not be stored");
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalException", "The events could not be stored. Try again.")
            }
        }
    }

    async fn put(&self, request: PutEvents) -> Result<PutReply, BusError> {
        let now = (self.now)();
        let mut events = Vec::new();
        let mut entries = Vec::new();
        for entry in request.entries {
            let id = in_process::uuid().map_err(|_| BusError::Unavailable)?;
            entries.push(match entry.into_event(id.clone(), now) {
                Ok(event) => {
                    events.push(event);
                    Outcome::Accepted { event_id: id }
                }
                Err((error_code, error_message)) => Outcome::Refused { error_code, error_message },
            });
        }
        let failed_entry_count = entries.len() - events.len();
        let wanted_by = self.writer.run(move |ledger| ledger.put(&events)).await?;
        for subscriber in wanted_by {
            self.bell(&subscriber).notify_one();
        }
        Ok(PutReply { failed_entry_count, entries })
    }

    fn bell(&self, subscriber: &str) -> Arc<Notify> {
        let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(woken.entry(subscriber.to_owned()).or_default())
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bus")
    }
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    response(status, json!({ "__type": code, "message": message }).to_string().into_bytes())
}

fn response(status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    response
}
