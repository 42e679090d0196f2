//! The planner: every minute it starts what the time has come for, and what git hosts told that nobody has dealt with.

use kraken_control::{Control, ControlError};

/// One look at the triggers that are due.
///
/// # Errors
/// [`ControlError`] when the table does not say what is due; what is due stays due.
pub async fn run(control: &Control) -> Result<(), ControlError> {
    let looked = control.tick_triggers().await;
    let heard = control.tick_deliveries().await;
    let (looked, heard) = (looked?, heard?);
    if looked + heard > 0 {
        tracing::debug!(looked, heard, "looked at triggers and deliveries that were due");
    }
    Ok(())
}
