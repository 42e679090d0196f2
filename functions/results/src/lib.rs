//! Results: woken when the jobs of a run changed, it completes the run, starts child stages, completes the flow.

use kraken_control::{Control, ControlError};
use kraken_domain::RunId;

/// One look at the run that the message names.
///
/// # Errors
/// [`ControlError`] when something needed does not answer: the message comes again.
pub async fn run(control: &Control, message: &str) -> Result<(), ControlError> {
    let run: RunId = message.parse().map_err(|error: kraken_domain::id::InvalidId| ControlError::invalid("/message", error.to_string()))?;
    control.reconcile_run(run).await
}
