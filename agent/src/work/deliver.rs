//! The end of a held job: its log is stored, then its end is reported, then it is forgotten here. In this order, however long it takes.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use kraken_domain::{
    job::{Outcome, Verdict},
    step::Step,
};
use kraken_protocol::agent::{AbandonRequest, FinishRequest};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{Cause, Desk, HoldError, Next};
use crate::{
    api::ApiError,
    identity::{Done, Held},
    log::{self, LiveLog, Snapshot},
    signals::Wish,
};

/// The log of a job that somebody else holds by now gets so long to be stored.
const STALE_LOG_PATIENCE: Duration = Duration::from_secs(10);

/// An agent that shall end tries so long to bring a job's end away; then the next start does.
const LEAVING_PATIENCE: Duration = Duration::from_secs(30);

/// A job that is over here, and what is still to be brought away.
pub(super) struct Ended {
    pub(super) verdict: Verdict,
    pub(super) steps: Vec<Step>,
    pub(super) stopped: Option<Cause>,
    pub(super) log: Option<Snapshot>,
    pub(super) live: LiveLog,
}

/// Waits until an agent that shall end has tried long enough.
pub(super) async fn out_of_patience(mut wishes: watch::Receiver<Wish>) {
    if wishes.wait_for(|wish| *wish > Wish::Work).await.is_err() {
        // Nobody can wish any more.
        std::future::pending::<()>().await;
    }
    sleep(LEAVING_PATIENCE).await;
}

/// Brings the log away, then reports; whatever is lost on the way is not lost for ever: the marker stands until the report is in.
/// With `more`, the server may answer with the agent's next job.
pub(super) async fn deliver(
    desk: &Desk,
    held: &mut Held,
    mut ended: Ended,
    reporting: &AtomicBool,
    more: bool,
) -> Result<Option<Next>, HoldError> {
    let lost = matches!(ended.stopped, Some(Cause::LeaseLost | Cause::Stale));
    if !lost {
        held.done = Some(Done { verdict: ended.verdict.clone(), steps: ended.steps.clone() });
        desk.state.hold(held)?;
    }
    if let Some(log) = &ended.log {
        let storing = log::store_whole(&desk.store, &held.log_prefix, &held.spool, log, &ended.live);
        let stored =
            if ended.stopped == Some(Cause::Stale) { timeout(STALE_LOG_PATIENCE, storing).await.unwrap_or(Ok(())) } else { storing.await };
        if let Err(error) = stored {
            tracing::error!(job.id = %held.job, %error, "the log of a job is lost");
            ended.verdict = Verdict::because(Outcome::ExecutorError, format!("the log could not be stored: {error}"));
        }
    }
    tracing::debug!(job.id = %held.job, "all of the job is stored");
    let (job, generation) = (held.job, held.generation);
    reporting.store(true, Ordering::Relaxed);
    let reported = match ended.stopped {
        Some(Cause::Stale) => Ok(None),
        Some(Cause::LeaseLost) => desk.api.call(&AbandonRequest { job, generation, untouched: false }).await.map(|_| None),
        _ => {
            let installation = desk.state.installation().to_owned();
            let request = FinishRequest { job, generation, verdict: ended.verdict, steps: ended.steps, more, installation };
            desk.api.call_timed(&request).await.map(|(finished, since)| finished.next.map(|order| Next { order, since }))
        }
    };
    release(desk, held)?;
    if reported.is_ok() && !ended.live.is_empty() {
        // Nobody waits for it.
        tokio::spawn(ended.live.discard(desk.store.now(), held.log_prefix.clone()));
    }
    report(reported)
}

/// The job is off this agent's hands.
pub(super) fn release(desk: &Desk, held: &Held) -> Result<(), HoldError> {
    desk.state.release()?;
    if let Err(error) = log::discard(&held.spool) {
        tracing::warn!(%error, spool = %held.spool.display(), "the spool of a stored log cannot be removed");
    }
    Ok(())
}

/// What a refused report means: that somebody else holds the job is as it should be.
pub(super) fn report<T: Default>(reported: Result<T, ApiError>) -> Result<T, HoldError> {
    match reported {
        Err(ApiError::StaleGeneration(why)) => {
            tracing::info!(why, "the job was no longer this agent's");
            Ok(T::default())
        }
        Err(error) if !error.is_final() => {
            tracing::error!(%error, "the server does not take the end of the job");
            Ok(T::default())
        }
        other => Ok(other?),
    }
}
