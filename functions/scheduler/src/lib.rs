//! The scheduler: woken by a message or by the minute, it gives jobs that wait to agents that are idle.

use kraken_control::{Control, ControlError};

/// One look at the queue. Takes nothing from what woke it.
///
/// # Errors
/// [`ControlError`] when the table failed; the next tick looks again.
pub async fn run(control: &Control) -> Result<(), ControlError> {
    let assigned = control.schedule().await?;
    if assigned > 0 {
        tracing::debug!(assigned, "gave jobs to agents");
    }
    Ok(())
}
