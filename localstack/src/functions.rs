//! Every function in its loop: what queues and schedules do for them in the cloud.

use std::{sync::Arc, time::Duration};

use kraken_cloud::Topic;
use kraken_control::{Control, ControlError, on_heap};
use kraken_engines::meter::{Meter, within};
use kraken_fn_notifier::Post;
use kraken_serve::{CancellationToken, Consumer, Delivery, consume, every};
use tokio::task::JoinSet;
use tracing::Instrument;

/// Seconds that one receive waits; a stop does not wait for it.
const WAIT_S: i32 = 20;
/// Runs that are looked at at the same time.
const RUNS_AT_ONCE: usize = 8;

/// Starts the loops.
pub(crate) fn spawn(
    tasks: &mut JoinSet<()>,
    control: &Control,
    post: &Post,
    meter: Option<&Meter>,
    tick: Duration,
    stop: &CancellationToken,
) {
    let scheduler =
        consumer("scheduler", Topic::Scheduler, 1, control, meter, |control, _| async move { kraken_fn_scheduler::run(&control).await });
    let results = consumer("results", Topic::Results, RUNS_AT_ONCE, control, meter, |control, message| async move {
        kraken_fn_results::run(&control, &message).await
    });
    tasks.spawn(consume(scheduler, stop.clone()));
    tasks.spawn(consume(results, stop.clone()));
    // Each by itself: far sides may take their time, which is no reason not to see that an agent is lost.
    for part in PARTS {
        let (control, post, meter, stop) = (control.clone(), post.clone(), meter.cloned(), stop.clone());
        tasks.spawn(async move {
            let look = || async {
                let (control, post, meter) = (control.clone(), post.clone(), meter.clone());
                // In a task of its own: a tick that breaks must not be the last one.
                match tokio::spawn(async move { part.tick(&control, &post, meter.as_ref()).await }).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "the {part:?}'s tick did not get through; the next one tries again"),
                    Err(error) => tracing::error!(%error, "the {part:?}'s tick broke; the next one tries again"),
                }
            };
            every(tick, stop, look).await;
        });
    }
}

/// What comes by the clock.
#[derive(Clone, Copy, Debug)]
enum Part {
    Watchdog,
    Planner,
    /// A look at the queue, for wake-ups that were lost.
    Scheduler,
    /// What is still to be told.
    Notifier,
}

/// In the order in which one tick at a time does them.
const PARTS: [Part; 4] = [Part::Watchdog, Part::Planner, Part::Scheduler, Part::Notifier];

impl Part {
    async fn tick(self, control: &Control, post: &Post, meter: Option<&Meter>) -> Result<(), ControlError> {
        match self {
            Self::Watchdog => within(meter, || "watchdog tick".to_owned(), on_heap(|| kraken_fn_watchdog::run(control))).await,
            Self::Planner => within(meter, || "planner tick".to_owned(), on_heap(|| kraken_fn_planner::run(control))).await,
            Self::Scheduler => within(meter, || "scheduler tick".to_owned(), on_heap(|| kraken_fn_scheduler::run(control))).await,
            Self::Notifier => {
                within(meter, || "notifier tick".to_owned(), on_heap(|| kraken_fn_notifier::tick(control, post))).await.map(drop)
            }
        }
    }
}

/// All that comes by the clock, one after the other: the first that does not get through is told once all had their turn.
pub(crate) async fn tick(control: &Control, post: &Post, meter: Option<&Meter>) -> Result<(), ControlError> {
    let mut all = Ok(());
    for part in PARTS {
        all = all.and(part.tick(control, post, meter).await);
    }
    all
}

fn consumer<F>(
    name: &'static str,
    topic: Topic,
    at_once: usize,
    control: &Control,
    meter: Option<&Meter>,
    handler: impl Fn(Control, String) -> F + Send + Sync + 'static,
) -> Consumer<ControlError>
where
    F: Future<Output = Result<(), ControlError>> + Send + 'static,
{
    let (receiving, handling, deleting) = (control.clone(), control.clone(), control.clone());
    let meter = meter.cloned();
    Consumer {
        name,
        receive: Box::new(move || {
            let queues = receiving.queues.clone();
            Box::pin(async move {
                let messages = queues.receive(topic, WAIT_S).await?;
                Ok(messages.into_iter().map(|message| Delivery { body: message.body, receipt: message.receipt }).collect())
            })
        }),
        handle: Arc::new(move |message| {
            let (meter, handled) = (meter.clone(), handler(handling.clone(), message));
            let span = tracing::info_span!("function", service = name);
            Box::pin(async move { within(meter.as_ref(), || format!("{name} message"), handled).await }.instrument(span))
        }),
        delete: Arc::new(move |receipts| {
            let queues = deleting.queues.clone();
            Box::pin(async move { Ok(queues.delete(topic, receipts).await?) })
        }),
        at_once,
    }
}
