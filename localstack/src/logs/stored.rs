//! What jobs and agents stored: the object store tells a queue, and the indexer is fed from it, as on AWS.

use std::sync::Arc;

use kraken_cloud::Inbox;
use kraken_control::Clock;
use kraken_engines::{meter::within, s3::Announcer};
use kraken_fn_indexer::Indexer;
use kraken_serve::{CancellationToken, Consumer, Delivery, consume};
use tracing::Instrument;

use super::LogsError;
use crate::engines::Engines;

/// Seconds that one receive waits; a stop does not wait for it.
const WAIT_S: i32 = 20;

/// Logs that are read at the same time: one, so that searching never takes more than a part of what the jobs themselves could use.
const AT_ONCE: usize = 1;

/// Brings what is stored into the search, until `stop`.
pub(super) async fn bring(announcer: Announcer, consumer: Consumer<LogsError>, engines: Engines, stop: CancellationToken) {
    // What a bucket tells a queue has no price.
    let queues = engines.sqs().clone().metered(None).client();
    tokio::select! {
        () = announcer.run(queues) => {}
        () = consume(consumer, stop) => {}
    }
}

/// The queue of new logs, and the indexer behind it.
pub(super) fn consumer(inbox: Inbox, engines: &Engines, indexer: Indexer, clock: Clock, stop: CancellationToken) -> Consumer<LogsError> {
    let (receiving, deleting) = (inbox.clone(), inbox);
    let meter = engines.meter().cloned();
    Consumer {
        name: "indexer",
        receive: Box::new(move || {
            let inbox = receiving.clone();
            Box::pin(async move {
                let messages = inbox.receive(AT_ONCE, WAIT_S).await?;
                Ok(messages.into_iter().map(|message| Delivery { body: message.body, receipt: message.receipt }).collect())
            })
        }),
        handle: Arc::new(move |message| {
            let (indexer, meter, now, stop) = (indexer.clone(), meter.clone(), clock.now(), stop.clone());
            let span = tracing::info_span!("function", service = "indexer");
            let handled = async move {
                let run = async { Ok(indexer.run(&message, now).await?) };
                // A long log takes minutes, and what is begun may be begun again.
                tokio::select! {
                    biased;
                    () = stop.cancelled() => Err(LogsError::Stopped),
                    done = within(meter.as_ref(), || "indexer message".to_owned(), run) => done,
                }
            };
            Box::pin(handled.instrument(span))
        }),
        delete: Arc::new(move |receipts| {
            let inbox = deleting.clone();
            Box::pin(async move { Ok(inbox.delete(receipts).await?) })
        }),
        at_once: AT_ONCE,
    }
}
