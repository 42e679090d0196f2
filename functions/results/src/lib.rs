//! Results: woken when the jobs of a run changed, it completes the run, starts child stages, completes the flow, and tells what happened.

use kraken_control::{Control, ControlError};
use kraken_domain::{RunId, webhook::DeliveryId};
use tracing::Instrument;

/// One look at the run, or the delivery of a webhook, that the message names.
///
/// # Errors
/// [`ControlError`] when something needed does not answer: the message comes again.
pub async fn run(control: &Control, message: &str) -> Result<(), ControlError> {
    if let Ok(delivery) = message.parse::<DeliveryId>() {
        let span = tracing::info_span!("results", delivery = %delivery);
        return control.reconcile_delivery(&delivery).instrument(span).await;
    }
    let run: RunId = message.parse().map_err(|error: kraken_domain::id::InvalidId| ControlError::invalid("/message", error.to_string()))?;
    let span = tracing::info_span!("results", flow.id = %run.flow, run.id = %run);
    look_and_tell(control, run).instrument(span).await
}

async fn look_and_tell(control: &Control, run: RunId) -> Result<(), ControlError> {
    let looked = control.reconcile_run(run).await;
    // The message must not come again for this: what is not told now, the tick tells.
    if let Err(error) = control.tell_flow(run.flow).await {
        tracing::warn!(%error, "what happened to a flow could not be told yet; the tick will");
    }
    looked
}
