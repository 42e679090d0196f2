//! Metrics as lines of the log, which CloudWatch reads out of it: no call is made, and nothing is paid for in an hour without news.
//!
//! Source of the format: Amazon CloudWatch User Guide, "Specification: Embedded metric format". Invariant: there are at most ten
//! metrics, counting a name once for each value of its dimension, because CloudWatch takes money for each.

use std::collections::BTreeMap;

use kraken_store::Observer;
use serde_json::{Map, Value, json};

use kraken_control::{Measure, Outcome};

/// What CloudWatch lists the metrics under.
pub const NAMESPACE: &str = "Kraken";
/// The one dimension: how a job ended, roughly.
const OUTCOME: &str = "Outcome";
/// The most values that a line may have of one metric.
const VALUES_MAX: usize = 100;

/// Writes measures to the log of this function.
pub(crate) fn observer() -> Observer {
    Observer::new(|measures| {
        for line in lines(measures, now_ms()) {
            // Standard output takes a whole line at a time.
            println!("{line}");
        }
    })
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A metric by name, with its unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

/// The lines that say `measures`, at `at_ms` milliseconds since 1970.
pub fn lines(measures: &[Measure], at_ms: u64) -> Vec<String> {
    let mut plain: BTreeMap<Metric, Vec<f64>> = BTreeMap::new();
    let mut outcomes: BTreeMap<&'static str, u64> = BTreeMap::new();
    for measure in measures {
        let (name, unit, value) = match measure {
            Measure::QueueWait { ms } => ("QueueWait", "Seconds", seconds(*ms)),
            #[allow(clippy::cast_precision_loss)] // Exact for 285,000 years.
            Measure::AssignmentLatency { ms } => ("AssignmentLatency", "Milliseconds", *ms as f64),
            Measure::AgentLost => ("AgentsLost", "Count", 1.0),
            #[allow(clippy::cast_precision_loss)] // As above.
            Measure::EventsWaiting(waiting) => ("EventsWaiting", "Count", *waiting as f64),
            Measure::JobCompleted(outcome) => {
                *outcomes.entry(class(*outcome)).or_default() += 1;
                continue;
            }
        };
        plain.entry(Metric { name, unit }).or_default().push(value);
    }
    let mut lines = Vec::new();
    while !plain.is_empty() {
        let now: Vec<(Metric, Vec<f64>)> =
            plain.iter_mut().map(|(metric, values)| (*metric, values.drain(..values.len().min(VALUES_MAX)).collect())).collect();
        plain.retain(|_, values| !values.is_empty());
        lines.push(line(at_ms, None, now.into_iter().map(|(metric, values)| (metric, json!(values))).collect()));
    }
    let completed = Metric { name: "JobsCompleted", unit: "Count" };
    lines.extend(outcomes.into_iter().map(|(outcome, jobs)| line(at_ms, Some(outcome), vec![(completed, json!(jobs))])));
    lines
}

fn line(at_ms: u64, outcome: Option<&'static str>, values: Vec<(Metric, Value)>) -> String {
    let metrics: Vec<Value> = values.iter().map(|(metric, _)| json!({"Name": metric.name, "Unit": metric.unit})).collect();
    let dimensions: Vec<&str> = outcome.iter().map(|_| OUTCOME).collect();
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics});
    let mut line = Map::from_iter([("_aws".to_owned(), json!({"Timestamp": at_ms, "CloudWatchMetrics": [directive]}))]);
    line.extend(outcome.map(|outcome| (OUTCOME.to_owned(), Value::from(outcome))));
    line.extend(values.into_iter().map(|(metric, value)| (metric.name.to_owned(), value)));
    Value::Object(line).to_string()
}

#[allow(clippy::cast_precision_loss)] // As above.
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// Five ways to end instead of ten: each is a metric of its own. Who wants more looks at the events.
fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::StepError | Outcome::ExecutorError | Outcome::ToolMissing | Outcome::AgentsGroupMissing | Outcome::SchemaError => "error",
        Outcome::JobTimeout | Outcome::StepTimeout => "timeout",
        Outcome::Cancelled => "cancelled",
        Outcome::AgentLost => "agent_lost",
    }
}

#[cfg(test)]
mod tests;
