//! From calls that were made at home to what AWS would bill for them.
//!
//! At home the queues of functions are read by loops of the process; on AWS by Lambda's pollers. So those reads are left out, and for each
//! message one receive, one delete and one call of the function are billed: batches of several would be fewer. What people look at is not
//! part of a job's price: their reads are left out too. So is the indexer, which only a deployment with a search has.

use std::time::Duration;

use kraken_engines::meter::{Call, Service};

use crate::{prices::Item, usage::Usage};

/// What a call to a service takes on AWS, seen from a function in the same region: the model of the critical path.
pub fn latency(call: &Call) -> Duration {
    let ms = match (call.service, &*call.operation) {
        (Service::DynamoDb, "GetItem" | "Query" | "BatchGetItem") => 3,
        (Service::DynamoDb, "TransactWriteItems") => 10,
        (Service::DynamoDb, _) => 5,
        (Service::Sqs, _) => 8,
        (Service::S3, _) => 20,
        (Service::Events, _) => 10,
        (Service::Api | Service::Function, _) => 2,
    };
    Duration::from_millis(ms)
}

/// What telling of one event takes the notifier.
const NOTIFIED: Duration = Duration::from_millis(5);

/// Memory of a function in GB, as `infra/lib/functions` gives it.
fn memory_gb(function: &str) -> f64 {
    match function {
        "api" | "results" | "watchdog" | "indexer" => 0.5,
        _ => 0.25,
    }
}

/// Who makes the calls of the process's own loops.
const NOBODY: &str = "nobody";

/// Whether a call belongs to what is counted: not the process's own loops, not people who look.
pub fn counts(call: &Call) -> bool {
    let looks = call.caller.starts_with("api GET ");
    let indexes = call.caller.starts_with("indexer");
    !looks && !indexes && &*call.caller != NOBODY
}

/// What so many events come to: each goes through the notifier's queue and there, at worst alone, into a call of the notifier.
fn told(events: usize) -> Usage {
    #[expect(clippy::cast_precision_loss, reason = "ten events at most go into one call")]
    let events = events as f64;
    let notified = memory_gb("notifier") * NOTIFIED.as_secs_f64();
    Usage::of(Item::Events, events)
        + Usage::of(Item::StandardRequests, 3.0 * events)
        + Usage::of(Item::Invocations, events)
        + Usage::of(Item::GbSeconds, notified * events)
}

/// What AWS bills for these calls.
pub fn usage(calls: &[Call]) -> Usage {
    let mut usage = Usage::default();
    for call in calls.iter().filter(|call| counts(call)) {
        match (call.service, &*call.operation) {
            (Service::DynamoDb, _) => {
                usage.add(Item::ReadUnits, call.units.read);
                usage.add(Item::WriteUnits, call.units.write);
            }
            (Service::Sqs, _) if call.about.ends_with(".fifo") => usage.add(Item::FifoRequests, 1.0),
            (Service::Sqs, _) => usage.add(Item::StandardRequests, 1.0),
            (Service::S3, "DeleteObject" | "DeleteObjects" | "AbortMultipartUpload") => {}
            (Service::S3, "GetObject" | "HeadObject") => usage.add(Item::Gets, 1.0),
            (Service::S3, _) => usage.add(Item::Puts, 1.0),
            (Service::Events, _) => usage = usage + told(call.items),
            (Service::Api, _) => usage.add(Item::HttpRequests, 1.0),
            (Service::Function, _) => {
                usage.add(Item::Invocations, 1.0);
                if call.caller.starts_with("api ") {
                    usage.add(Item::HttpRequests, 1.0);
                }
                if call.caller.ends_with(" message") {
                    usage.add(Item::FifoRequests, 2.0);
                }
            }
        }
        // Billed is how long the function waits for all that it calls, as if one came after the other, and what it does itself.
        if &*call.caller != kraken_engines::meter::OUTSIDE {
            let function = call.caller.split(' ').next().unwrap_or_default();
            usage.add(Item::GbSeconds, memory_gb(function) * latency(call).as_secs_f64());
        }
    }
    usage
}
