//! Telling the event bus what happened: last of all, after what the change itself asks for, and never in the way of it.
//!
//! Invariants: an event is forgotten only after the bus acknowledged it, so it is told at least once, each time with the same id. Events of
//! one flow or agent are told in the order in which they happened, as far as the bus keeps it. A bus that is away holds up nothing: events
//! stay, and the tick tells them when it is back.

use std::collections::HashSet;

use kraken_cloud::{Bus, BusError, EVENTS_PER_CALL, Fate};
use kraken_domain::{
    FlowId,
    news::{Event, Measure},
};
use kraken_store::{Outbox, Owed, TodoKind, Untold};
use tracing::Instrument;

use crate::{Control, ControlError};

/// Commits whose events are read at a time.
const PAGE: u32 = 100;
/// So often entries that a bus did not take, though it took others, are given to it again at once.
const TRIES: usize = 3;
/// What one look of the tick finds, and how many looks it takes: the rest is due at the next.
const PER_LOOK: u32 = 500;
const LOOKS: usize = 20;
/// Places that a tick fails to tell of before it takes the bus for away.
const FAILURES_MAX: usize = 5;

impl Control {
    /// Tells what happened to a flow, its runs and its jobs; gives how many events. Nothing without a bus.
    ///
    /// # Errors
    /// [`ControlError::Unavailable`] when the bus or the table does not answer; what is left is still owed.
    pub async fn tell_flow(&self, flow: FlowId) -> Result<usize, ControlError> {
        self.tell(Outbox::Flow(flow)).await
    }

    async fn tell(&self, outbox: Outbox) -> Result<usize, ControlError> {
        let Some(bus) = &self.bus else { return Ok(0) };
        let mut told = 0;
        loop {
            let waiting = self.store.untold(outbox, PAGE).await?;
            let events: Vec<&Event> = waiting.items.iter().flat_map(|untold| &untold.events).collect();
            let (done, failure) = tell_in_order(bus, &events).await;
            told += done;
            self.store.told(&wholly(&waiting.items, done)).await?;
            match failure {
                Some(failure) => return Err(failure.into()),
                None if waiting.next.is_none() => return Ok(told),
                None => {}
            }
        }
    }

    /// Tells everything that nobody has told in time. One place that cannot be told of holds up no other; several mean that the bus is away.
    ///
    /// # Errors
    /// [`ControlError`] when the bus or the table does not answer.
    pub async fn tick_events(&self) -> Result<usize, ControlError> {
        if self.bus.is_none() {
            return Ok(0);
        }
        let (now, mut told, mut looked) = (self.clock.now(), 0, HashSet::new());
        let (mut failures, mut first, mut unsaid) = (0, None, 0);
        'looks: for _ in 0..LOOKS {
            let owed = self.store.owed(TodoKind::Events, now, PER_LOOK).await?;
            let waiting = owed.len();
            // An index lags: it may still show what was told a moment ago.
            let news = owed.into_iter().filter_map(|owed| match owed {
                Owed::Events(outbox) => looked.insert(outbox).then_some(outbox),
                Owed::Job(_) | Owed::Run(_) | Owed::Agent(_) | Owed::Trigger(..) | Owed::Turns(_) | Owed::Notices(_) => None,
                Owed::Sweep(_) | Owed::Going(_) | Owed::Moving(_) => None,
            });
            let news: Vec<Outbox> = news.collect();
            if news.is_empty() {
                break;
            }
            for outbox in news {
                let span = match outbox {
                    Outbox::Flow(flow) => tracing::info_span!("tell", flow.id = %flow),
                    Outbox::Agent(agent) => tracing::info_span!("tell", agent.id = %agent),
                };
                match self.tell(outbox).instrument(span.clone()).await {
                    Ok(more) => told += more,
                    Err(failure) => {
                        tracing::warn!(parent: &span, %failure, waiting, "events could not be told; they stay due");
                        failures += 1;
                        unsaid = unsaid.max(waiting as u64);
                        first.get_or_insert(failure);
                        if failures == FAILURES_MAX {
                            break 'looks;
                        }
                    }
                }
            }
        }
        match first {
            Some(failure) => {
                self.store.observer().note(&[Measure::EventsWaiting(unsaid)]);
                Err(failure)
            }
            None => Ok(told),
        }
    }
}

/// Tells events one batch after the other until one fails. Gives how many at the beginning are settled.
async fn tell_in_order(bus: &Bus, events: &[&Event]) -> (usize, Option<BusError>) {
    let mut settled = 0;
    for batch in events.chunks(EVENTS_PER_CALL) {
        if let Err(failure) = tell_batch(bus, batch).await {
            return (settled, Some(failure));
        }
        settled += batch.len();
    }
    (settled, None)
}

/// Tells a batch: again what was not taken, and only that.
async fn tell_batch(bus: &Bus, batch: &[&Event]) -> Result<(), BusError> {
    let (mut open, mut why) = (batch.to_vec(), String::new());
    for _ in 0..TRIES {
        let fates = bus.tell(&open).await?;
        let mut left = Vec::new();
        for (event, fate) in open.into_iter().zip(fates) {
            match fate {
                Fate::Acknowledged => {}
                Fate::Open(said) => {
                    left.push(event);
                    why = said;
                }
                Fate::Never(said) => tracing::error!(event.id = event.id, said, "the bus will never take an event; it is given up"),
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        open = left;
    }
    Err(BusError::Unavailable(format!("{} of {} events were not taken: {why}", open.len(), batch.len())))
}

/// The commits all of whose events are among the first `settled`.
fn wholly(waiting: &[Untold], settled: usize) -> Vec<Untold> {
    let mut left = settled;
    let settled = waiting.iter().take_while(|untold| match left.checked_sub(untold.events.len()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    });
    settled.cloned().collect()
}
