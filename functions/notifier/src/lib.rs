//! The notifier: gets every domain event of the bus through a queue of its own, so that none is lost while what it tells is away.
//!
//! So far it tells the log alone, where each event is found by the ids of what it is about. An event may come more than once, always with
//! the same `event.id`: whoever is told has to know what it has seen.

mod event;

pub use event::{About, Event, NotAnEvent};

/// Tells of one event, as the queue holds it.
///
/// # Errors
/// [`NotAnEvent`] for a message that is none: it can never be told of, and ends with the dead letters.
pub fn run(message: &str) -> Result<(), NotAnEvent> {
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
    Ok(())
}
