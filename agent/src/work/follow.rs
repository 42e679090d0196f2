//! Brings the newest lines of a running job's log to the store, now and then.

use std::time::Duration;

use tokio::{
    sync::oneshot,
    time::{sleep, timeout},
};

use crate::{
    identity::Held,
    log::{LiveLog, LogHandle},
    session::Persistent,
};

/// An upload that is under way when the job ends is waited for, so that it cannot overtake the whole log; but not for long.
const LAST_UPDATE: Duration = Duration::from_secs(5);

/// Follows until `over`. A short job is over before anything is stored.
pub(super) async fn follow(log: LogHandle, store: &Persistent, held: &Held, every: Duration, mut over: oneshot::Receiver<()>) -> LiveLog {
    let mut live = LiveLog::default();
    loop {
        tokio::select! {
            () = sleep(every) => {}
            _ = &mut over => return live,
        }
        let Some(snapshot) = log.snapshot().await else { return live };
        let objects = store.now();
        let (stored, last) = {
            let update = live.update(&objects, &held.log_prefix, &held.spool, &snapshot);
            tokio::pin!(update);
            tokio::select! {
                stored = &mut update => (stored, false),
                // What does not make it is in the whole log.
                _ = &mut over => (timeout(LAST_UPDATE, update).await.unwrap_or(Ok(())), true),
            }
        };
        if let Err(error) = stored {
            store.heed(&error);
            tracing::debug!(job.id = %held.job, %error, "the newest lines are stored later");
        }
        if last {
            return live;
        }
    }
}
