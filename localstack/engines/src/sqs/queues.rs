//! The operations on queues as such.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::fault::Fault;
use super::wire::{
    CreateQueue, Empty, GetQueueAttributes, GetQueueUrl, ListQueues, OnQueue, QueueAttributes, QueueUrl, QueueUrls, SetQueueAttributes,
};
use super::{Sqs, names, settings};

const MAX_LISTED: i64 = 1000;

impl Sqs {
    pub(super) async fn create_queue(&self, request: CreateQueue, base: &str) -> Result<QueueUrl, Fault> {
        let queue_url = names::url(base, &request.queue_name);
        self.writer.run(move |ledger| ledger.create_queue(&request.queue_name, request.attributes)).await?;
        Ok(QueueUrl { queue_url })
    }

    pub(super) async fn queue_url(&self, request: GetQueueUrl, base: &str) -> Result<QueueUrl, Fault> {
        if request.queue_name.is_empty() {
            return Err(Fault::missing("QueueName"));
        }
        let queue = self.writer.run(move |ledger| ledger.catalogue.named(&request.queue_name)).await?;
        Ok(QueueUrl { queue_url: names::url(base, &queue.name) })
    }

    /// Without `MaxResults` the first 1,000 are all, and no token is given, as in SQS.
    pub(super) async fn list_queues(&self, request: ListQueues, base: &str) -> Result<QueueUrls, Fault> {
        let limit = request.max_results.unwrap_or(MAX_LISTED);
        if !(1..=MAX_LISTED).contains(&limit) {
            return Err(Fault::invalid("MaxResults", limit, "MaxResults must be an integer between 1 and 1000."));
        }
        let limit = usize::try_from(limit).unwrap_or_default();
        let after = request.next_token.as_deref().map(page_start).transpose()?;
        let paged = request.max_results.is_some();
        let mut names = self
            .writer
            .run(move |ledger| Ok::<_, Fault>(ledger.catalogue.list(&request.queue_name_prefix, after.as_deref(), limit + 1)))
            .await?;
        let more = names.len() > limit;
        names.truncate(limit);
        let next_token = names.last().filter(|_| more && paged).map(|last| URL_SAFE_NO_PAD.encode(last));
        Ok(QueueUrls { queue_urls: names.iter().map(|name| names::url(base, name)).collect(), next_token })
    }

    pub(super) async fn delete_queue(&self, request: OnQueue) -> Result<Empty, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        self.writer.run(move |ledger| ledger.delete_queue(&name)).await?;
        Ok(Empty {})
    }

    pub(super) async fn purge_queue(&self, request: OnQueue) -> Result<Empty, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        self.writer
            .run(move |ledger| {
                let queue = ledger.change(&name)?;
                Ok::<_, Fault>(ledger.purge(&queue)?)
            })
            .await?;
        Ok(Empty {})
    }

    pub(super) async fn set_queue_attributes(&self, request: SetQueueAttributes) -> Result<Empty, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        self.writer.run(move |ledger| ledger.change_queue(&name, request.attributes)).await?;
        Ok(Empty {})
    }

    pub(super) async fn queue_attributes(&self, request: GetQueueAttributes) -> Result<QueueAttributes, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        let wanted = request.attribute_names;
        for attribute in &wanted {
            settings::check_name(attribute)?;
        }
        let counted = wanted.iter().any(|attribute| attribute == "All" || attribute.starts_with("Approximate"));
        let all = self
            .writer
            .run(move |ledger| {
                let queue = ledger.catalogue.named(&name)?;
                let mut all = queue.settings.described();
                all.insert("QueueArn".to_owned(), names::arn(&queue.name));
                all.insert("CreatedTimestamp".to_owned(), (queue.created_ms / 1000).to_string());
                all.insert("LastModifiedTimestamp".to_owned(), (queue.modified_ms / 1000).to_string());
                if counted {
                    let (visible, in_flight, delayed) = ledger.counts(&queue, ledger.now())?;
                    all.insert("ApproximateNumberOfMessages".to_owned(), visible.to_string());
                    all.insert("ApproximateNumberOfMessagesNotVisible".to_owned(), in_flight.to_string());
                    all.insert("ApproximateNumberOfMessagesDelayed".to_owned(), delayed.to_string());
                }
                Ok::<BTreeMap<_, _>, Fault>(all)
            })
            .await?;
        let is_wanted = |name: &String| wanted.iter().any(|wanted| wanted == "All" || wanted == name);
        Ok(QueueAttributes { attributes: all.into_iter().filter(|(name, _)| is_wanted(name)).collect() })
    }
}

fn page_start(token: &str) -> Result<String, Fault> {
    let name = URL_SAFE_NO_PAD.decode(token).ok().and_then(|name| String::from_utf8(name).ok());
    name.ok_or_else(|| Fault::invalid("NextToken", token, "It is not a token that this operation gave."))
}
