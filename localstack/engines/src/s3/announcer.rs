//! Tells a queue of objects that came to be, as a bucket on AWS does.
//!
//! Invariant: what a [`Rule`] matches is sent at least once, also when the process is killed in between: its row in the catalogue, written
//! together with the object, goes only after the queue took the message. Nothing is looked at while nothing happens.

mod event;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;

use super::catalogue::{Catalogue, Created, FORGET_AFTER, Item, page_of_news};

/// What SQS takes at once.
const BATCH: usize = 10;

/// The longest pause while the queue does not answer.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Which objects are news, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What the messages call it; also after a restart what was not yet sent belongs to the rule with this id.
    pub id: String,
    /// The bucket.
    pub bucket: String,
    /// How keys begin.
    pub prefix: String,
    /// How keys end.
    pub suffix: String,
    /// The URL of the queue.
    pub queue_url: String,
}

impl Rule {
    pub(super) fn matches(&self, object: &Created) -> bool {
        object.bucket == self.bucket && object.key.starts_with(&self.prefix) && object.key.ends_with(&self.suffix)
    }
}

/// Sends the news of one rule. It keeps the store open.
pub struct Announcer {
    pub(super) rule: Rule,
    pub(super) catalogue: Arc<Catalogue>,
}

impl Announcer {
    /// Sends what there is and what comes, through `client`, until it is dropped. What is then unsent waits for the next start.
    pub async fn run(self, client: Client) {
        let mut bell = self.catalogue.news().bell();
        let mut after = 0;
        loop {
            bell.mark_unchanged();
            let rule = self.rule.id.clone();
            match self.catalogue.read(move |connection| page_of_news(connection, &rule, after, BATCH)).await {
                Ok(items) if items.is_empty() => self.wait(&mut bell).await,
                Ok(items) => {
                    after = items.last().map_or(after, |last| last.seq);
                    self.send(&client, items).await;
                }
                // Said by the catalogue itself.
                Err(_) => tokio::time::sleep(PAUSE_MAX).await,
            }
        }
    }

    /// Waits for news; rows that were sent are forgotten meanwhile.
    async fn wait(&self, bell: &mut tokio::sync::watch::Receiver<()>) {
        while self.catalogue.news().has_sent() {
            tokio::select! {
                _ = bell.changed() => return,
                () = tokio::time::sleep(FORGET_AFTER) => {
                    // An empty change: the commit takes the rows along. What goes wrong is said there and tried again here.
                    let _ = self.catalogue.write(|_, _| Ok(())).await;
                }
            }
        }
        // An error would mean that the catalogue is gone, which this keeps.
        let _ = bell.changed().await;
    }

    /// Sends all of them, however long that takes.
    async fn send(&self, client: &Client, mut items: Vec<Item>) {
        let mut pause = Duration::from_millis(100);
        loop {
            let left = self.try_to_send(client, items).await;
            if left.is_empty() {
                return;
            }
            items = left;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Sends them once; those that the queue did not take come back.
    async fn try_to_send(&self, client: &Client, items: Vec<Item>) -> Vec<Item> {
        let entry = |item: &Item| {
            let body = event::message(&self.rule.id, item);
            SendMessageBatchRequestEntry::builder().id(item.seq.to_string()).message_body(body).build().ok()
        };
        let call = client.send_message_batch().queue_url(&self.rule.queue_url).set_entries(Some(items.iter().filter_map(entry).collect()));
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = DisplayErrorContext(&error).to_string();
                tracing::warn!(queue = self.rule.queue_url, error, "the queue does not take news of objects; trying again");
                return items;
            }
        };
        let taken: Vec<i64> = answer.successful().iter().filter_map(|entry| entry.id().parse().ok()).collect();
        if let Some(failed) = answer.failed().first() {
            let error = failed.message().unwrap_or_else(|| failed.code());
            tracing::warn!(queue = self.rule.queue_url, error, "the queue does not take news of an object; trying again");
        }
        let left = items.into_iter().filter(|item| !taken.contains(&item.seq)).collect();
        self.catalogue.news().sent(taken);
        left
    }
}

impl std::fmt::Debug for Announcer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Announcer").field("rule", &self.rule).finish_non_exhaustive()
    }
}
