//! What a restarted agent does about the job that an earlier process held when it died: it never runs it again by itself.

use jiff::Timestamp;
use kraken_protocol::agent::{AbandonRequest, FinishRequest};

use super::{
    Desk, HoldError,
    deliver::{release, report},
};
use crate::log::{self, LiveLog};

const LAST_WORDS: &str = "kraken: the agent was interrupted here\n";

/// Brings away what is left of an interrupted job and says so. Nothing of it may run any more.
///
/// # Errors
/// See [`HoldError`].
pub async fn recover(desk: &Desk) -> Result<(), HoldError> {
    let Some(held) = desk.state.held()? else { return Ok(()) };
    tracing::warn!(job.id = %held.job, "an earlier process of this agent was interrupted in the middle of this job");
    let words = if held.done.is_some() { "" } else { LAST_WORDS };
    // What may be left in the store as a live log is replaced by the whole one.
    match log::recover(&held.spool, words, Timestamp::now()) {
        Ok(log) => {
            let live = LiveLog::unknown();
            if let Err(error) = log::store_whole(&desk.store, &held.log_prefix, &held.spool, &log, &live).await {
                tracing::error!(job.id = %held.job, %error, "the log of the interrupted job is lost");
            }
        }
        Err(error) => tracing::error!(job.id = %held.job, %error, "the log of the interrupted job cannot be read"),
    }
    let (job, generation) = (held.job, held.generation);
    let installation = desk.state.installation().to_owned();
    let reported = match held.done.clone() {
        Some(done) => {
            desk.api.call(&FinishRequest { job, generation, verdict: done.verdict, steps: done.steps, more: false, installation }).await
        }
        None => desk.api.call(&AbandonRequest { job, generation, untouched: false }).await,
    };
    release(desk, &held)?;
    report(reported.map(drop))
}
