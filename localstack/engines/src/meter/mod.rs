//! Notes what is asked of the services, call by call, as AWS would bill it: to know what the house costs before it pays.
//!
//! A meter stands between the SDK's clients and the engines, and before the doors for those outside. It changes no answer. Where there is
//! none, nothing is noted and nothing is spent.
//!
//! Whose call it is: functions run [`within`] their name; what comes through a door is the outside's.

mod dynamodb;
mod s3;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub(crate) use self::dynamodb::{asking, priced};
pub use self::s3::operation as s3_operation;

/// A service that bills by the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// The table.
    DynamoDb,
    /// The queues.
    Sqs,
    /// The object store.
    S3,
    /// The API in front of its function.
    Api,
    /// A call of a function: by the gateway, by a queue, by the clock.
    Function,
    /// Domain events.
    Events,
}

/// What DynamoDB bills for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read request units.
    pub read: f64,
    /// Write request units, of the table and its indexes.
    pub write: f64,
}

/// One call, once it was answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it was made.
    pub began: Instant,
    /// When it was answered.
    pub ended: Instant,
    /// Who made it: the name of a function with what called it (`api POST /api/agent/claim`, `scheduler`), or [`OUTSIDE`].
    pub caller: Arc<str>,
    /// What was called.
    pub service: Service,
    /// The operation by its name at AWS; of the API method and path, of functions the name.
    pub operation: Cow<'static, str>,
    /// The queue, the object, the key of the first item; empty where there is nothing to name.
    pub about: String,
    /// What it took of the table.
    pub units: Units,
    /// Items, messages or events that it brought or took.
    pub items: usize,
    /// Whether it was refused or failed.
    pub failed: bool,
}

/// The caller of calls that come through a door: agents and people.
pub const OUTSIDE: &str = "outside";
/// The caller of calls that no function makes: the start of the system.
const NOBODY: &str = "nobody";

tokio::task_local! {
    static CALLER: Arc<str>;
}

/// Notes calls. Clones note into the same list.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Meter {
    /// All calls so far, in the order of their beginning.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone();
        calls.sort_by_key(|call| call.began);
        calls
    }

    /// Forgets all calls so far.
    pub fn clear(&self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Notes one call.
    pub fn note(&self, call: Call) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }
}

impl Call {
    /// A call that `caller` began at `began` and that was answered just now.
    pub fn new(began: Instant, caller: Arc<str>, service: Service, operation: impl Into<Cow<'static, str>>) -> Self {
        let operation = operation.into();
        Self {
            began,
            ended: Instant::now(),
            caller,
            service,
            operation,
            about: String::new(),
            units: Units::default(),
            items: 0,
            failed: false,
        }
    }
}

/// Whose calls are being made here.
pub(crate) fn caller() -> Arc<str> {
    CALLER.try_with(Arc::clone).unwrap_or_else(|_| Arc::from(NOBODY))
}

/// When a call is made, as a service at the end of a network would see it: who makes several at once has begun them all before the first is
/// answered. The engines may answer so soon that it would be chance otherwise, and what waits for what could not be told.
pub(crate) async fn begun() -> Instant {
    let began = Instant::now();
    tokio::task::yield_now().await;
    began
}

/// Runs a function in the name of `caller`, and notes that it was called. Without a meter it just runs.
pub async fn within<F: Future>(meter: Option<&Meter>, caller: impl FnOnce() -> String, function: F) -> F::Output {
    let Some(meter) = meter else { return function.await };
    let caller: Arc<str> = Arc::from(caller());
    let began = Instant::now();
    let done = CALLER.scope(Arc::clone(&caller), function).await;
    let name = caller.split(' ').next().unwrap_or_default().to_owned();
    meter.note(Call::new(began, caller, Service::Function, name));
    done
}

#[cfg(test)]
mod tests;
