//! Brings a subscriber its events, one after the other, until it acknowledges each.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::BusError;
use super::bring::bring;
use super::event::Event;
use super::ledger::{Delivery, Ledger};
use crate::group_commit::Writer;

/// Deliveries read at once.
const PAGE: usize = 16;

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
    let (name, handler): (Arc<str>, _) = (name.into(), Arc::new(handler));
    let (noting, to) = (writer.clone(), Arc::clone(&name));
    let hand = move |due: Vec<Delivery>| {
        let (writer, name, handler) = (noting.clone(), Arc::clone(&to), Arc::clone(&handler));
        async move {
            for delivery in due {
                deliver(&writer, &name, &*handler, delivery).await?;
            }
            Ok(())
        }
    };
    Subscription::of(tokio::spawn(bring(writer, name, woken, PAGE, hand)))
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
