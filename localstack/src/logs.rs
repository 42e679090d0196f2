//! Logs on their way into the search of this machine: what jobs and agents stored, and what this process says itself.
//!
//! Invariants: a stored log is found sooner or later, whatever dies in between; none of this holds up a job, and nothing is ever said about
//! itself.

mod own;
mod stored;

use std::{sync::Arc, time::Duration};

use kraken_cloud::{Inbox, NEW_LOGS, QueueError};
use kraken_control::Control;
use kraken_fn_indexer::{IndexError, Indexer, PATIENCE};
use kraken_search::LogSearch;
use kraken_serve::{CancellationToken, Tail, every};
use tokio::task::JoinSet;

use crate::{StartError, engines::Engines};

/// How often a log is tried, half a minute apart: longer than its index may take to come.
const DELIVERIES: u32 = 40;
/// How often lines that are too old are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// Why a log is not in the search yet.
#[derive(Debug, thiserror::Error)]
enum LogsError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error("the process stops: the log is read again at its next start")]
    Stopped,
}

/// Starts all of it. Lines are kept for `days`.
pub(crate) async fn spawn(
    tasks: &mut JoinSet<()>,
    engines: &Engines,
    control: &Control,
    own: Option<Tail>,
    days: u32,
    stop: &CancellationToken,
) -> Result<(), StartError> {
    let search: Arc<dyn LogSearch> = engines.logs();
    let inbox = Inbox::create(engines.sqs().client(), NEW_LOGS, DELIVERIES).await?;
    // Before anybody can store anything: whatever is stored from here on is told of.
    let announcer = engines.announce_logs(inbox.url().to_owned());
    let indexer =
        Indexer { store: control.store.clone(), objects: control.objects.clone(), search: Arc::clone(&search), patience: PATIENCE, days };
    let consumer = stored::consumer(inbox, engines, indexer.clone(), control.clock.clone(), stop.clone());
    tasks.spawn(stored::bring(announcer, consumer, engines.clone(), stop.clone()));
    if let Some(tail) = own {
        tasks.spawn(own::bring(tail, search, control.clock.clone(), control.ids.unique(), stop.clone()));
    }
    let (clock, stop) = (control.clock.clone(), stop.clone());
    tasks.spawn(async move {
        let forget = || async {
            if let Err(error) = indexer.forget(clock.now()).await {
                tracing::warn!(%error, "old lines of logs cannot be forgotten now");
            }
        };
        every(FORGET_EVERY, stop, forget).await;
    });
    Ok(())
}
