//! Calling a handler by the clock.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Calls `handler` at once and then every `period`, one call at a time, until `stop`. A call that is under way is finished.
pub async fn every<F, H>(period: Duration, stop: CancellationToken, handler: H)
where
    F: Future<Output = ()>,
    H: Fn() -> F,
{
    let mut ticks = tokio::time::interval(period);
    // After a long call the next comes a period later: ticks that were missed would find nothing new.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = ticks.tick() => handler().await,
        }
    }
}
