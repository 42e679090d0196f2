//! The planner: every minute it starts the flows whose time has come.

use kraken_control::{Control, ControlError};

/// One look at the triggers that are due. Stages have none yet that act by time, so nothing is ever due; the tick exists so that
/// both homes already call it.
///
/// # Errors
/// None so far.
pub async fn run(_control: &Control) -> Result<(), ControlError> {
    Ok(())
}
