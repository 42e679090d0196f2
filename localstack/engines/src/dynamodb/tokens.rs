//! Remembers `ClientRequestToken`s, so that a transaction sent twice is done once
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
//!
//! Invariant: bounded in bytes and in time; the oldest token is forgotten first. Tokens live as long as the process:
//! whoever could send one again lives in it too.

use std::collections::{HashMap, VecDeque};

use dynoxide::actions::transact_write_items::TransactWriteItemsResponse;
use dynoxide::errors::DynoxideError;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::clock::Now;

/// AWS remembers a token for ten minutes.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Request bytes kept for comparison. The SDK puts a token on every transaction, so this is always full.
const BYTES: usize = 1024 * 1024;

/// The transactions done of late, by token.
pub(super) struct Tokens {
    now: Now,
    done: HashMap<String, Done>,
    order: VecDeque<String>,
    bytes: usize,
}

struct Done {
    at: Timestamp,
    body: Vec<u8>,
    response: TransactWriteItemsResponse,
}

impl Tokens {
    pub(super) fn new(now: Now) -> Self {
        Self { now, done: HashMap::new(), order: VecDeque::new(), bytes: 0 }
    }

    /// The response that `token` got before, if it did. Refuses a token that came with other items.
    pub(super) fn earlier(&self, token: &str, body: &[u8]) -> Result<Option<TransactWriteItemsResponse>, DynoxideError> {
        let fresh = |done: &&Done| (self.now)().duration_since(done.at) < LIFE;
        let Some(done) = self.done.get(token).filter(fresh) else {
            return Ok(None);
        };
        if items(&done.body) != items(body) {
            return Err(DynoxideError::IdempotentParameterMismatchException(format!(
                "the request token {token:?} was used with other parameters"
            )));
        }
        Ok(Some(done.response.clone()))
    }

    /// Keeps the response to a transaction that was done.
    pub(super) fn remember(&mut self, token: String, body: Vec<u8>, response: TransactWriteItemsResponse) {
        self.forget(&token);
        self.bytes += body.len();
        self.order.push_back(token.clone());
        let at = (self.now)();
        self.done.insert(token, Done { at, body, response });
        while self.bytes > BYTES
            && let Some(oldest) = self.order.front().cloned()
        {
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, token: &str) {
        if let Some(done) = self.done.remove(token) {
            self.bytes -= done.body.len();
            self.order.retain(|known| known != token);
        }
    }
}

/// The part of a request that a token stands for, comparable whatever the order of its keys.
fn items(body: &[u8]) -> Option<Value> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    Some(request.get_mut("TransactItems")?.take())
}
