//! Rows 15, 16 and 18 of the table of targets, from what was counted.

use std::fmt;

use serde::Serialize;

use crate::{
    path::Path,
    prices::Item,
    stories::{Idle, Jobs},
    usage::Usage,
};

/// Days of a month on a bill.
const DAYS: f64 = 30.0;
/// Minutes of a month.
pub const MINUTES: f64 = DAYS * 24.0 * 60.0;
/// Receives that one poller of 20 seconds makes in a month.
const POLLS: f64 = MINUTES * 3.0;
/// Pollers that Lambda keeps on a FIFO queue. AWS does not say; so many it keeps on a standard queue at the beginning.
const FIFO_POLLERS: f64 = 5.0;
/// Pollers that Lambda keeps on a standard queue where little comes ("as few as 2",
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>).
const STANDARD_POLLERS: f64 = 2.0;
/// FIFO queues in front of functions: scheduler and results.
const FIFO_QUEUES: f64 = 2.0;
/// Standard queues in front of functions: notifier.
const STANDARD_QUEUES: f64 = 1.0;
/// Metrics with an alarm in a deployment that did not ask for others (`alarms=one`).
const ALARMS: f64 = 1.0;
/// Metrics that the functions write while there are jobs (`metrics=true`), and hours that a thousand minutes of work take ten agents.
const METRICS: f64 = 9.0;
const HOURS: f64 = 2.0;
/// Gigabytes of log that the metrics of a job take: three lines.
const METRICS_GB: f64 = 1.2e-6;
/// A session is renewed after two thirds of its credentials' life.
const RENEWAL: f64 = 2.0 / 3.0;

/// A part of a sum.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is for.
    pub what: String,
    /// How much of everything.
    pub usage: Usage,
}

fn part(what: impl Into<String>, usage: Usage) -> Part {
    Part { what: what.into(), usage }
}

/// What a thousand jobs come to, of which one comes to `job`.
pub fn thousand(job: &Usage) -> Usage {
    let metrics = Usage::of(Item::MetricHours, METRICS * HOURS) + Usage::of(Item::LogGb, METRICS_GB * 1000.0);
    job.clone() * 1000.0 + metrics
}

/// A month in which nothing happens, without agents.
pub fn idle_month(idle: &Idle) -> Vec<Part> {
    vec![
        part(
            format!("Lambda asks two FIFO queues for messages: {FIFO_POLLERS} pollers each, every 20 s"),
            Usage::of(Item::FifoRequests, FIFO_QUEUES * FIFO_POLLERS * POLLS),
        ),
        part(
            format!("Lambda asks the notifier's queue: {STANDARD_POLLERS} pollers, every 20 s"),
            Usage::of(Item::StandardRequests, STANDARD_QUEUES * STANDARD_POLLERS * POLLS),
        ),
        part("the ticks of watchdog, planner, scheduler and notifier, every minute", idle.tick.usage.clone() * MINUTES),
        part("one alarm", Usage::of(Item::AlarmMonths, ALARMS)),
    ]
}

/// A month of an agent that waits.
pub fn idle_agent_month(idle: &Idle) -> Vec<Part> {
    let settings = kraken_lambda::settings();
    let beats = MINUTES * 60.0 / f64::from(settings.intervals.idle_heartbeat_s);
    #[expect(clippy::cast_precision_loss, reason = "an hour in seconds")]
    let sessions = MINUTES * 60.0 / (settings.credentials_s as f64 * RENEWAL);
    vec![
        part(
            format!("asks its queue every {} s", settings.intervals.poll_wait_s),
            Usage::of(Item::StandardRequests, MINUTES * 60.0 / f64::from(settings.intervals.poll_wait_s)),
        ),
        part(format!("a heartbeat every {} s", settings.intervals.idle_heartbeat_s), idle.heartbeat.usage.clone() * beats),
        part(format!("renews its session every {:.0} min", MINUTES / sessions), idle.session.usage.clone() * sessions),
        part("what the ticks read more", idle.agent_in_tick.usage.clone() * MINUTES),
    ]
}

/// The sum of all parts, in US dollars.
pub fn usd(parts: &[Part]) -> f64 {
    parts.iter().map(|part| part.usage.usd()).sum()
}

/// One figure beside its target.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Row of the table.
    pub row: u8,
    /// What it is.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// At most so much is aimed at.
    pub at_most: f64,
    /// Whether that is so.
    pub met: bool,
}

fn figure(row: u8, name: &str, value: f64, unit: &'static str, at_most: f64) -> Figure {
    Figure { row, name: name.to_owned(), value, unit, at_most, met: value <= at_most }
}

/// The rows.
pub fn figures(jobs: &Jobs, idle: &Idle, path: &Path) -> Vec<Figure> {
    vec![
        figure(15, "1,000 one-minute jobs of one run", thousand(&jobs.of_many_minutes().usage).usd(), "USD", 0.10),
        figure(15, "1,000 one-minute jobs, each in a flow of its own", thousand(&jobs.alone.usage).usd(), "USD", 0.10),
        figure(16, "a month with no jobs, without agents", usd(&idle_month(idle)), "USD", 1.0),
        figure(16, "a month of an idle agent", usd(&idle_agent_month(idle)), "USD", 0.10),
        figure(18, "trigger → first command, p50 by the model", path.ms(), "ms", 150.0),
    ]
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, name, value, unit, at_most, met } = self;
        let missed = if *met { "" } else { " (missed)" };
        let places = if *unit == "ms" { 0 } else { 3 };
        write!(f, "| {row} | {name} | {value:.places$} {unit}{missed} | ≤ {at_most} {unit} |")
    }
}
