//! Feeding a handler from a queue.

use std::{collections::HashMap, fmt::Display, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A message with what is needed to take it off its queue.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What it says.
    pub body: String,
    /// Names this delivery.
    pub receipt: String,
}

type Boxed<T, E> = BoxFuture<'static, Result<T, E>>;

/// A queue and what to do with its messages.
pub struct Consumer<E> {
    /// What it is called in the log.
    pub name: &'static str,
    /// Waits for messages; none after a while is an answer.
    pub receive: Box<dyn Fn() -> Boxed<Vec<Delivery>, E> + Send + Sync>,
    /// Deals with a message.
    pub handle: Arc<dyn Fn(String) -> Boxed<(), E> + Send + Sync>,
    /// Takes messages off the queue by their receipts.
    pub delete: Arc<dyn Fn(Vec<String>) -> Boxed<(), E> + Send + Sync>,
    /// How many messages are dealt with at the same time.
    pub at_once: usize,
}

/// After a failed receive, the queue is left alone for so long.
const PAUSE: Duration = Duration::from_millis(200);

/// Feeds the handler until `stop`; then waits for what is under way. What was received and not begun stays on its queue and comes again.
///
/// Nothing is received before there is a place for it: what waits here is nobody else's for a while, and counts as tried. Messages that say
/// the same and come together are handled once. One whose handler failed stays on its queue and comes again.
pub async fn consume<E: Display + Send + 'static>(consumer: Consumer<E>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(consumer.at_once));
    let tasks = TaskTracker::new();
    'receiving: loop {
        let Some(place) = unless_stopped(&stop, Arc::clone(&places).acquire_owned()).await else { break };
        let Some(received) = unless_stopped(&stop, (consumer.receive)()).await else { break };
        match received {
            Ok(messages) => {
                let mut free = place.ok();
                for (body, receipts) in alike(messages) {
                    let place = match free.take() {
                        Some(place) => place,
                        None => match unless_stopped(&stop, Arc::clone(&places).acquire_owned()).await {
                            Some(Ok(place)) => place,
                            Some(Err(_)) | None => break 'receiving,
                        },
                    };
                    let (handle, delete, name) = (Arc::clone(&consumer.handle), Arc::clone(&consumer.delete), consumer.name);
                    let stop = stop.clone();
                    tasks.spawn(async move {
                        deal_with(name, body, receipts, &*handle, &*delete, &stop).await;
                        drop(place);
                    });
                }
            }
            Err(error) => {
                tracing::warn!(queue = consumer.name, %error, "a queue could not be read; trying again");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

/// What comes of it; `None` if the stop comes first.
async fn unless_stopped<T>(stop: &CancellationToken, coming: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        done = coming => Some(done),
    }
}

async fn deal_with<E: Display>(
    name: &'static str,
    body: String,
    receipts: Vec<String>,
    handle: &(dyn Fn(String) -> Boxed<(), E> + Send + Sync),
    delete: &(dyn Fn(Vec<String>) -> Boxed<(), E> + Send + Sync),
    stop: &CancellationToken,
) {
    if let Err(error) = handle(body.clone()).await {
        if stop.is_cancelled() {
            // Long work is broken off by a stop: that is no trouble, and nobody has to look for its message.
            tracing::info!(queue = name, %error, "a message was not dealt with before the stop; it comes again");
            return;
        }
        tracing::warn!(queue = name, message = body, %error, "a message could not be dealt with; it comes again");
        return;
    }
    if let Err(error) = delete(receipts).await {
        tracing::warn!(queue = name, message = body, %error, "a message could not be taken off its queue; it comes again");
    }
}

/// Messages by what they say, in the order in which each came first.
fn alike(messages: Vec<Delivery>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for Delivery { body, receipt } in messages {
        match places.get(&body) {
            Some(place) => groups[*place].1.push(receipt),
            None => {
                places.insert(body.clone(), groups.len());
                groups.push((body, vec![receipt]));
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests;
