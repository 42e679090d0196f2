//! The watchdog: every minute it looks at what has passed its time, of jobs, agents and runs.

use kraken_control::{Control, ControlError};

/// One look at everything that is due. A kind that cannot be looked at holds up no other.
///
/// # Errors
/// The first of the errors; what is due stays due.
pub async fn run(control: &Control) -> Result<(), ControlError> {
    let agents = control.tick_agents().await;
    let jobs = control.tick_jobs().await;
    let runs = control.tick_runs().await;
    let (agents, jobs, runs) = (agents?, jobs?, runs?);
    if agents + jobs + runs > 0 {
        tracing::debug!(agents, jobs, runs, "looked at what was due");
    }
    Ok(())
}
