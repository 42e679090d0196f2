//! The indexer: puts logs into the search. Told by the object store of logs that were stored, it reads them from there; told by
//! CloudWatch of what functions logged, it takes that from the message.
//!
//! Invariants: every entry has an origin (the log's key, the delivery's first and last event) and a number in it, so whatever comes twice is
//! kept once; memory does not grow with a log; what is wrong with one message harms no other; a search that is away costs jobs nothing,
//! the message comes again.

mod agent_log;
mod error;
mod filing;
mod function_log;
mod job_log;
mod key;
pub mod line;
mod message;
mod unpack;

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kraken_cloud::Objects;
use kraken_search::LogSearch;
use kraken_store::Store;

pub use error::IndexError;
use key::LogKey;
use message::{Message, NewObject};

/// What is needed to put logs into a search. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Indexer {
    /// Says which project and branch a job is of, and whether a log is a job's own.
    pub store: Store,
    /// Where logs are.
    pub objects: Objects,
    /// Where they are to be found.
    pub search: Arc<dyn LogSearch>,
    /// How long the index of a log may take to follow it before the message has to come again.
    pub patience: Duration,
    /// Days that lines can be searched.
    pub days: u32,
}

/// What suits a deployment: agents store a log and its index at nearly the same moment.
pub const PATIENCE: Duration = Duration::from_secs(4);

impl Indexer {
    /// Deals with one message of the queue at the time `now`: news of the object store, or what functions logged and could not be brought
    /// before. All that the message names is looked at, also when something of it fails.
    ///
    /// # Errors
    /// The first [`IndexError`]: the message has to come again.
    pub async fn run(&self, message: &str, now: Timestamp) -> Result<(), IndexError> {
        match message.parse()? {
            Message::Nothing => Ok(()),
            Message::Forget => self.forget(now).await,
            Message::FunctionLog(data) => self.function_log(&data).await,
            Message::Objects(objects) => {
                let mut outcome = Ok(());
                for object in objects {
                    outcome = outcome.and(self.object(&object, now).await);
                }
                outcome
            }
        }
    }

    /// Forgets the lines that at `now` are older than they are kept.
    ///
    /// # Errors
    /// [`IndexError`]: ask again.
    pub async fn forget(&self, now: Timestamp) -> Result<(), IndexError> {
        let kept = SignedDuration::from_hours(24 * i64::from(self.days));
        Ok(self.search.drop_before(now.saturating_sub(kept).unwrap_or(Timestamp::MIN)).await?)
    }

    async fn object(&self, object: &NewObject, now: Timestamp) -> Result<(), IndexError> {
        match LogKey::parse(&object.key) {
            Some(LogKey::Job { agent, job, prefix }) => self.job_log(agent, job, prefix, object, now).await,
            Some(LogKey::Agent { agent }) => self.agent_log(agent, object).await,
            None => {
                tracing::debug!(key = object.key, "not a log");
                Ok(())
            }
        }
    }
}
