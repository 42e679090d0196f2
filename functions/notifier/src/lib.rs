//! The notifier: hears every domain event of the bus through a queue of its own, and tells people and other programs of runs.
//!
//! An event only says where to look. Most runs tell nobody, and their events say so: they cost no look. What was heard of too late, or could
//! not be told at once, the tick finds. An event may come more than once; what was told is told once.

mod event;
mod post;

use kraken_control::{Control, ControlError};
use kraken_domain::{FlowId, RunId};
use tracing::Instrument;

pub use event::{About, Event, NotAnEvent};
pub use post::{NoWayOut, Post, Reach};

/// Why an event was not dealt with.
#[derive(Debug, thiserror::Error)]
pub enum NotifierError {
    /// It is none, and never will be: it ends with the dead letters.
    #[error(transparent)]
    Message(#[from] NotAnEvent),
    /// Something needed does not answer: the event comes again.
    #[error(transparent)]
    Control(#[from] ControlError),
}

/// Deals with one event, as the queue holds it.
///
/// # Errors
/// [`NotifierError`]. A far side that does not take what it is told is no error: that is written, and tried again by the tick.
pub async fn run(control: &Control, post: &Post, message: &str) -> Result<(), NotifierError> {
    let event: Event = message.parse()?;
    let about = &event.detail;
    tracing::info!(
        event.id = about.id,
        event.kind = event.detail_type,
        event.time = about.time,
        event.delivery = event.delivery,
        project.id = about.project,
        branch.id = about.branch,
        flow.id = about.flow,
        run.id = about.run,
        job.id = about.job,
        agent.id = about.agent,
        "{} happened",
        event.detail_type
    );
    let Some((flow, run)) = about.to_tell() else { return Ok(()) };
    let span = tracing::info_span!("notifier", flow.id = %flow, run.id = %run);
    control.notify(flow, Some(run), post).instrument(span).await?;
    Ok(())
}

/// What the clock sends, beside the events: `infra/lib/functions/notifier.ts`.
const TICK: &str = "notices";

/// Deals with one event, or with what the clock sends.
///
/// # Errors
/// As [`run`] and [`tick`].
pub async fn run_or_tick(control: &Control, post: &Post, message: &str) -> Result<(), NotifierError> {
    if message == TICK {
        tick(control, post).await?;
        return Ok(());
    }
    run(control, post, message).await
}

/// Tells what is due: what nobody heard of, and what could not be told before. Gives how many attempts were made.
///
/// # Errors
/// [`ControlError`] when the table does not say what is due.
pub async fn tick(control: &Control, post: &Post) -> Result<usize, ControlError> {
    control.tick_notices(post).instrument(tracing::info_span!("notifier")).await
}

impl About {
    /// The run that somebody is to be told of.
    fn to_tell(&self) -> Option<(FlowId, RunId)> {
        let run: RunId = self.run.as_deref().filter(|_| self.notices)?.parse().ok()?;
        Some((run.flow, run))
    }
}
