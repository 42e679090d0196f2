//! The watchdog: every minute it looks at what has passed its time, of jobs, agents, runs and of events that nobody has told; and removes
//! what is kept no longer.

use kraken_control::{Control, ControlError};
use tracing::Instrument;

/// One look at everything that is due. A kind that cannot be looked at holds up no other.
///
/// # Errors
/// The first of the errors; what is due stays due.
pub async fn run(control: &Control) -> Result<(), ControlError> {
    look(control).instrument(tracing::info_span!("watchdog")).await
}

async fn look(control: &Control) -> Result<(), ControlError> {
    let agents = control.tick_agents().await;
    let jobs = control.tick_jobs().await;
    let runs = control.tick_runs().await;
    // Last: what the others found has happened now, too.
    let events = control.tick_events().await;
    // After all that somebody may wait for.
    let retention = control.tick_retention().await;
    let (agents, jobs, runs, events, retention) = (agents?, jobs?, runs?, events?, retention?);
    if agents + jobs + runs + events + retention > 0 {
        tracing::debug!(agents, jobs, runs, events, retention, "looked at what was due");
    }
    Ok(())
}
