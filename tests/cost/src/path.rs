//! The critical path from the call that starts a flow to the first command of its job: which calls wait for which, taken from a trace of
//! the real code, and how long that is by a model of AWS.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_engines::meter::{Call, OUTSIDE, Service};

use crate::model;

/// A message's way: from the answer to its sender until its receiver, which waits for it, has it. The middle of 16 to 28 ms.
const HOP: Duration = Duration::from_millis(22);
/// The gateway and a warm function.
const CALLED: Duration = Duration::from_millis(2);

/// One step: calls that are made at the same time, or a message's way.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who makes it.
    pub who: String,
    /// What it is.
    pub what: String,
    /// By the model.
    pub takes: Duration,
}

/// The steps, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Path {
    /// In their order.
    pub steps: Vec<Step>,
}

impl Path {
    /// The path in the calls of a story with one job in a flow of its own, with an idle agent.
    ///
    /// # Errors
    /// When there is no such path in them.
    pub fn of(calls: &[Call]) -> Result<Self> {
        let function = |starts: &str| calls.iter().find(|call| call.service == Service::Function && call.caller.starts_with(starts));
        let trigger = function("api POST /api/branches/").context("nobody started a flow")?;
        let claim = function("api POST /api/agent/claim").context("no agent claimed the job")?;
        let mut path = Self::default();
        path.function(calls, trigger, "the call that starts the flow");
        let told =
            |call: &&Call| call.service == Service::Sqs && &*call.operation == "SendMessage" && call.about.starts_with("kraken-agent-");
        let sent = calls.iter().filter(told).find(|call| call.began < claim.began).context("the agent was not told")?;
        // Without a promise the scheduler comes in between, woken by a queue of its own.
        if sent.caller != trigger.caller {
            path.hop("the scheduler's queue");
            let scheduler = function("scheduler message").context("somebody told the agent, but not the scheduler")?;
            path.function(calls, scheduler, "the scheduler");
        }
        path.hop("the agent's queue");
        path.function(calls, claim, "the agent's claim");
        let before = |call: &&Call| &*call.caller == OUTSIDE && call.service == Service::S3 && call.ended < claim.began;
        anyhow::ensure!(
            !calls.iter().any(|call| before(&call)),
            "the agent reads objects before its job begins: the path knows nothing of that"
        );
        Ok(path)
    }

    /// The whole, in milliseconds.
    pub fn ms(&self) -> f64 {
        self.steps.iter().map(|step| step.takes.as_secs_f64() * 1e3).sum()
    }

    fn hop(&mut self, which: &str) {
        self.steps.push(Step { who: which.to_owned(), what: "a message, waited for".to_owned(), takes: HOP });
    }

    /// A function's call with all that it waits for; a message that it sends is its last and part of the message's way.
    fn function(&mut self, calls: &[Call], function: &Call, who: &str) {
        self.steps.push(Step { who: who.to_owned(), what: "a warm function is called".to_owned(), takes: CALLED });
        let within = |call: &&Call| call.caller == function.caller && call.began >= function.began && call.ended <= function.ended;
        let of: Vec<&Call> = calls.iter().filter(within).filter(|call| !matches!(call.service, Service::Function | Service::Sqs)).collect();
        let mut group: Vec<&Call> = Vec::new();
        for call in of {
            if group.iter().any(|other| other.ended <= call.began) {
                self.together(who, &group);
                group.clear();
            }
            group.push(call);
        }
        self.together(who, &group);
    }

    /// Calls that were under way at the same time take as long as the longest.
    fn together(&mut self, who: &str, group: &[&Call]) {
        let Some(takes) = group.iter().map(|call| model::latency(call)).max() else { return };
        let what: Vec<String> = group.iter().map(|call| format!("{} {}", call.operation, target(call))).collect();
        self.steps.push(Step { who: who.to_owned(), what: what.join(", "), takes });
    }
}

/// What a call is about, without the ids.
fn target(call: &Call) -> String {
    let kinds = |key: &str| {
        let part = |part: &str| part.split('#').next().unwrap_or_default().to_lowercase();
        key.split(" / ").map(part).collect::<Vec<_>>().join("/")
    };
    match (call.service, &*call.operation) {
        (Service::DynamoDb, "TransactWriteItems") => format!("of {}", call.items),
        (Service::DynamoDb, "Query" | "BatchGetItem") if !call.about.contains('/') => format!("of {}", call.items),
        (Service::DynamoDb, _) => kinds(&call.about),
        _ => String::new(),
    }
}
