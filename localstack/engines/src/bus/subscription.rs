//! Brings a subscriber its events, one after the other, until it acknowledges each.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::BusError;
use super::event::Event;
use super::ledger::{Delivery, Ledger};
use crate::group_commit::Writer;

/// Deliveries read at once.
const PAGE: usize = 16;
/// How long to leave the storage alone when it fails.
const STORAGE_RETRY: Duration = Duration::from_secs(1);

/// Events are brought as long as this lives. Dropping it ends the bringing, not the subscription: events gather, and
/// whoever subscribes under the same name later gets them.
#[must_use = "events are brought only as long as this lives"]
#[derive(Debug)]
pub struct Subscription {
    task: JoinHandle<()>,
}

impl Subscription {
    /// Ends the bringing and waits until it has ended. An event in the middle of its handler comes again later.
    pub async fn stop(mut self) {
        self.task.abort();
        // It ends as cancelled, which is what we want.
        let _ = (&mut self.task).await;
    }
}

impl Subscription {
    pub(super) fn of(task: JoinHandle<()>) -> Self {
        Self { task }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) fn start<F, R, E>(writer: Writer<Ledger>, name: String, woken: Arc<Notify>, handler: F) -> Subscription
where
    F: Fn(Event) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), E>> + Send + 'static,
    E: Display + Send,
{
    let task = tokio::spawn(async move {
        loop {
            if let Err(error) = bring(&writer, &name, &woken, &handler).await {
                tracing::error!(subscriber = name, %error, "events could not be read, trying again");
                tokio::time::sleep(STORAGE_RETRY).await;
            }
        }
    });
    Subscription::of(task)
}

/// Brings what is due, or waits until something may be.
async fn bring<F, R, E>(writer: &Writer<Ledger>, name: &str, woken: &Notify, handler: &F) -> Result<(), BusError>
where
    F: Fn(Event) -> R,
    R: Future<Output = Result<(), E>>,
    E: Display,
{
    let subscriber = name.to_owned();
    let (due, next_ms) = writer
        .run(move |ledger| {
            let due = ledger.due(&subscriber, PAGE)?;
            let next_ms = if due.is_empty() { ledger.next_due(&subscriber)? } else { None };
            Ok::<_, BusError>((due, next_ms))
        })
        .await?;
    if due.is_empty() {
        wait(woken, next_ms).await;
        return Ok(());
    }
    for delivery in due {
        deliver(writer, name, handler, delivery).await?;
    }
    Ok(())
}

/// A wake-up between the look and this wait is not lost: `Notify` keeps one.
pub(super) async fn wait(woken: &Notify, next_ms: Option<i64>) {
    match next_ms {
        None => woken.notified().await,
        Some(ms) => {
            let nap = Duration::from_millis(u64::try_from(ms).unwrap_or_default().max(1));
            // Running into the limit is what the limit is for.
            let _ = tokio::time::timeout(nap, woken.notified()).await;
        }
    }
}

async fn deliver<F, R, E>(writer: &Writer<Ledger>, name: &str, handler: &F, delivery: Delivery) -> Result<(), BusError>
where
    F: Fn(Event) -> R,
    R: Future<Output = Result<(), E>>,
    E: Display,
{
    match handler(delivery.event.clone()).await {
        Ok(()) => writer.run(move |ledger| ledger.acknowledge(delivery.seq)).await,
        Err(error) => {
            tracing::warn!(subscriber = name, event.id = delivery.event.id, %error, "an event was not handled, it will be brought again");
            writer.run(move |ledger| ledger.retry(&delivery)).await
        }
    }
}
