//! Receives that wait for a message, in the order they came.
//!
//! Each receive, waiting or not, stands in line here until the end of the transaction, so that those who waited
//! longest are served first and a message sent in a transaction is handed out in the same one.
//!
//! Invariant: a queue with receives in line has exactly one alarm, at the earliest moment at which one of them gives
//! up or a message comes due.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use tokio::sync::oneshot;

use super::fault::Fault;
use super::receive::Delivery;

/// Where the deliveries go.
pub(super) type Reply = oneshot::Sender<Result<Vec<Delivery>, Fault>>;

/// A receive in line.
#[derive(Debug)]
pub(super) struct Receiver {
    /// Messages wanted.
    pub(super) limit: usize,
    /// If not the queue's own.
    pub(super) visibility_seconds: Option<i64>,
    /// When it is content with nothing.
    pub(super) until: Instant,
    pub(super) reply: Reply,
}

/// All lines, by the queue's row.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    lines: BTreeMap<i64, Line>,
    alarms: BTreeSet<(Instant, i64)>,
    /// Queues where something changed in this transaction.
    touched: BTreeSet<i64>,
}

#[derive(Debug, Default)]
struct Line {
    receivers: VecDeque<Receiver>,
    alarm: Option<Instant>,
}

impl Waiting {
    pub(super) fn join(&mut self, queue: i64, receiver: Receiver) {
        self.lines.entry(queue).or_default().receivers.push_back(receiver);
        self.touch(queue);
    }

    /// Something changed in this queue; a receive may now find something.
    pub(super) fn touch(&mut self, queue: i64) {
        if self.lines.contains_key(&queue) {
            self.touched.insert(queue);
        }
    }

    /// Every queue with receives in line is to be looked at again.
    pub(super) fn touch_all(&mut self) {
        self.touched.extend(self.lines.keys());
    }

    /// The next queue to look at: touched, or its alarm has gone off.
    pub(super) fn next_touched(&mut self, now: Instant) -> Option<i64> {
        while let Some((at, queue)) = self.alarms.first().copied().filter(|(at, _)| *at <= now) {
            self.alarms.remove(&(at, queue));
            if let Some(line) = self.lines.get_mut(&queue) {
                line.alarm = None;
                self.touched.insert(queue);
            }
        }
        self.touched.pop_first()
    }

    /// The receive whose turn it is, if anybody still listens for its answer.
    pub(super) fn first(&mut self, queue: i64) -> Option<&Receiver> {
        let receivers = &mut self.lines.get_mut(&queue)?.receivers;
        while receivers.front().is_some_and(|receiver| receiver.reply.is_closed()) {
            receivers.pop_front();
        }
        receivers.front()
    }

    pub(super) fn pop(&mut self, queue: i64) -> Option<Receiver> {
        self.lines.get_mut(&queue)?.receivers.pop_front()
    }

    /// There is nothing more in the queue until `due`: takes out of line those whose patience has ended, and sets the
    /// alarm for the others.
    pub(super) fn rest(&mut self, queue: i64, now: Instant, due: Option<Instant>) -> Vec<Receiver> {
        let Some(line) = self.lines.get_mut(&queue) else { return Vec::new() };
        let (ended, waiting): (Vec<_>, Vec<_>) =
            line.receivers.drain(..).filter(|receiver| !receiver.reply.is_closed()).partition(|receiver| receiver.until <= now);
        let alarm = waiting.iter().map(|receiver| receiver.until).chain(due).min();
        if let Some(old) = line.alarm.take() {
            self.alarms.remove(&(old, queue));
        }
        if waiting.is_empty() {
            self.lines.remove(&queue);
        } else {
            line.receivers = waiting.into();
            line.alarm = alarm;
            self.alarms.extend(alarm.map(|at| (at, queue)));
        }
        ended
    }

    /// Takes all receives of a queue out of line.
    pub(super) fn dissolve(&mut self, queue: i64) -> Vec<Receiver> {
        self.touched.remove(&queue);
        let Some(line) = self.lines.remove(&queue) else { return Vec::new() };
        if let Some(at) = line.alarm {
            self.alarms.remove(&(at, queue));
        }
        line.receivers.into()
    }

    /// Takes all receives of all queues out of line.
    pub(super) fn dissolve_all(&mut self) -> Vec<Receiver> {
        let queues: Vec<i64> = self.lines.keys().copied().collect();
        queues.into_iter().flat_map(|queue| self.dissolve(queue)).collect()
    }

    /// Is there anybody in line?
    pub(super) fn has_receivers(&self, queue: i64) -> bool {
        self.lines.get(&queue).is_some_and(|line| !line.receivers.is_empty())
    }

    /// When the next alarm goes off.
    pub(super) fn alarm(&self) -> Option<Instant> {
        self.alarms.first().map(|(at, _)| *at)
    }
}
