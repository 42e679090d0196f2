//! The planner: every minute it starts what the time has come for.

use kraken_control::{Control, ControlError};

/// One look at the triggers that are due.
///
/// # Errors
/// [`ControlError`] when the table does not say what is due; what is due stays due.
pub async fn run(control: &Control) -> Result<(), ControlError> {
    let looked = control.tick_triggers().await?;
    if looked > 0 {
        tracing::debug!(looked, "looked at triggers that were due");
    }
    Ok(())
}
