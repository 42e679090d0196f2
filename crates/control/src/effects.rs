//! Performing effects: wake-ups. A lost one costs time, never truth, so a failed one is only logged.

use futures::future::join_all;
use kraken_cloud::Topic;
use kraken_domain::Effect;
use kraken_protocol::agent::Wake;

use crate::Control;

/// The one group of the scheduler's queue: one round at a time.
const SCHEDULER_GROUP: &str = "queue";

impl Control {
    /// Sends the wake-ups that a commit owes. Equal ones are sent once.
    pub(crate) async fn perform(&self, effects: impl IntoIterator<Item = Effect>) {
        let mut once: Vec<Effect> = Vec::new();
        for effect in effects {
            // A flow is looked at with any of its runs.
            if !once.contains(&effect) && !matches!(effect, Effect::WakeFlow(_)) {
                once.push(effect);
            }
        }
        join_all(once.iter().map(|effect| self.perform_one(effect))).await;
    }

    async fn perform_one(&self, effect: &Effect) {
        let done = match effect {
            Effect::WakeScheduler => self.queues.wake(Topic::Scheduler, SCHEDULER_GROUP, &self.ids.unique()).await,
            Effect::WakeRun(run) => self.queues.wake(Topic::Results, &run.to_string(), &self.ids.unique()).await,
            Effect::WakeFlow(_) => Ok(()),
            Effect::WakeAgent(agent) => {
                let body = serde_json::to_string(&Wake::News).expect("a wake-up is JSON");
                self.queues.tell_agent(*agent, &body).await
            }
        };
        if let Err(error) = done {
            tracing::warn!(?effect, %error, "a wake-up was not sent; the next tick makes up for it");
        }
    }
}
