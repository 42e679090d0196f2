//! What is counted: one story per kind of work.

mod idle;
mod jobs;

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use kraken_engines::meter::{Call, Meter, OUTSIDE, Service};
use kraken_harness::Home;

pub use self::{
    idle::{Idle, idle},
    jobs::{Jobs, jobs},
};
use crate::{logs::Logged, model, prices::Item, usage::Usage};

/// Calls of one kind in a story.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// How many.
    pub calls: f64,
    /// Read request units.
    pub read: f64,
    /// Write request units.
    pub write: f64,
}

/// Calls by who makes them and what they are.
pub type Counts = BTreeMap<(String, String), Count>;

/// What was counted, for one of its kind (one job, one tick).
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The calls.
    pub counts: Counts,
    /// What AWS bills for them.
    pub usage: Usage,
}

impl Story {
    /// What these calls are for one of `times`, with so many bytes of log.
    fn of(calls: &[Call], log_bytes: u64, times: f64) -> Self {
        let mut counts = Counts::new();
        for call in calls.iter().filter(|call| model::counts(call)) {
            let count = counts.entry((who(call), what(call))).or_default();
            count.calls += 1.0 / times;
            count.read += call.units.read / times;
            count.write += call.units.write / times;
        }
        let logs = Usage::of(Item::LogGb, log_bytes as f64 / 1e9);
        Self { counts, usage: (model::usage(calls) + logs) * (1.0 / times) }
    }

    /// The part of it that `caller` makes, for one call of that function.
    fn per_call(calls: &[Call], caller: &str) -> Self {
        let of: Vec<Call> = calls.iter().filter(|call| &*call.caller == caller).cloned().collect();
        let times = of.iter().filter(|call| call.service == Service::Function).count().max(1);
        Self::of(&of, 0, times as f64)
    }

    /// Both together.
    pub fn and(mut self, other: &Self, times: f64) -> Self {
        for (key, count) in &other.counts {
            let sum = self.counts.entry(key.clone()).or_default();
            sum.calls += count.calls * times;
            sum.read += count.read * times;
            sum.write += count.write * times;
        }
        self.usage = self.usage + other.usage.clone() * times;
        self
    }
}

/// Who makes a call, as the table says it.
fn who(call: &Call) -> String {
    match &*call.caller {
        OUTSIDE => "agent".to_owned(),
        caller => match caller.strip_prefix("api POST /api/branches/") {
            // Ids differ from run to run.
            Some(_) => "api POST /api/branches/{branch}/flows".to_owned(),
            None => caller.to_owned(),
        },
    }
}

/// What is called, as the table says it.
fn what(call: &Call) -> String {
    match call.service {
        Service::DynamoDb if call.failed => format!("DynamoDB {} (refused)", call.operation),
        Service::DynamoDb => format!("DynamoDB {}", call.operation),
        Service::Sqs if call.about.ends_with(".fifo") => format!("SQS {} (FIFO)", call.operation),
        Service::Sqs => format!("SQS {}", call.operation),
        Service::S3 => format!("S3 {}", call.operation),
        Service::Events => format!("EventBridge {}", call.operation),
        Service::Api | Service::Function => "called".to_owned(),
    }
}

/// A system whose calls are noted.
struct Counted {
    home: Home,
    meter: Meter,
    logged: Logged,
}

impl Counted {
    async fn start(settings: kraken_control::Settings, logged: &Logged) -> Result<Self> {
        let meter = Meter::default();
        Ok(Self { home: Box::pin(Home::metered(settings, meter.clone())).await?, meter, logged: logged.clone() })
    }

    /// All calls of `work`, and of what comes of it within `settle`; with the bytes of log written meanwhile.
    async fn during<T>(&mut self, settle: Duration, work: impl AsyncFnOnce(&mut Home) -> Result<T>) -> Result<(T, Vec<Call>, u64)> {
        self.meter.clear();
        let before = self.logged.bytes();
        let done = work(&mut self.home).await?;
        self.quiet(settle).await;
        Ok((done, self.meter.calls(), self.logged.bytes() - before))
    }

    /// Waits until nothing was called for so long: what comes after an answer belongs to it.
    async fn quiet(&self, settle: Duration) {
        let mut seen = self.meter.calls().len();
        loop {
            tokio::time::sleep(settle).await;
            let now = self.meter.calls().len();
            if now == seen {
                return;
            }
            seen = now;
        }
    }
}
