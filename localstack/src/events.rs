//! Domain events at home: as on AWS they go from the bus through a queue of its own to the notifier, which so misses none while it is away.

use std::sync::Arc;

use kraken_cloud::{Inbox, QueueError, SOURCE};
use kraken_control::Control;
use kraken_engines::bus::{Pattern, QueueTarget};
use kraken_fn_notifier::Post;
use kraken_serve::{CancellationToken, Consumer, Delivery, consume};
use tokio::task::JoinSet;

use crate::{StartError, engines::Engines};

/// The notifier's queue, and its subscription.
const NOTIFIER: &str = "kraken-notifier";
/// Seconds that one receive waits; a stop does not wait for it.
const WAIT_S: i32 = 20;
/// How often an event is tried.
const DELIVERIES: u32 = 5;
/// Events that are told of at the same time.
const AT_ONCE: usize = 4;

/// Starts the way from the bus to the notifier.
pub(crate) async fn spawn(
    tasks: &mut JoinSet<()>,
    engines: &Engines,
    control: &Control,
    post: &Post,
    stop: &CancellationToken,
) -> Result<(), StartError> {
    let inbox = Inbox::create(engines.sqs().client(), NOTIFIER, DELIVERIES).await?;
    let wanted = Pattern::parse(&format!(r#"{{"source": ["{SOURCE}"]}}"#)).expect("this is a pattern");
    let target = QueueTarget { client: engines.sqs().client(), queue_url: inbox.url().to_owned() };
    let subscription = engines.bus().forward(NOTIFIER, wanted, target).await?;
    let stopped = stop.clone();
    tasks.spawn(async move {
        stopped.cancelled().await;
        subscription.stop().await;
    });
    tasks.spawn(consume(notifier(inbox, control.clone(), post.clone()), stop.clone()));
    Ok(())
}

fn notifier(inbox: Inbox, control: Control, post: Post) -> Consumer<NotifierError> {
    let (receiving, deleting) = (inbox.clone(), inbox);
    Consumer {
        name: "notifier",
        receive: Box::new(move || {
            let inbox = receiving.clone();
            Box::pin(async move {
                let messages = inbox.receive(AT_ONCE, WAIT_S).await?;
                Ok(messages.into_iter().map(|message| Delivery { body: message.body, receipt: message.receipt }).collect())
            })
        }),
        handle: Arc::new(move |message| {
            let (control, post) = (control.clone(), post.clone());
            Box::pin(async move { Ok(kraken_fn_notifier::run(&control, &post, &message).await?) })
        }),
        delete: Arc::new(move |receipts| {
            let inbox = deleting.clone();
            Box::pin(async move { Ok(inbox.delete(receipts).await?) })
        }),
        at_once: AT_ONCE,
    }
}

/// What can go wrong in the notifier's loop.
#[derive(Debug, thiserror::Error)]
enum NotifierError {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Notifier(#[from] kraken_fn_notifier::NotifierError),
}
