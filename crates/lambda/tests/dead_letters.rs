//! Dead letters, on queues that speak the protocol of SQS.
#![allow(clippy::unwrap_used)]

use aws_sdk_sqs::{Client, types::QueueAttributeName};
use kraken_engines::{clock, sqs::Sqs};
use kraken_lambda::dead_letters::{DeadLetterError, DeadLetters, DeadQueue, Replayed, Which};
use tempfile::TempDir;

struct Place {
    client: Client,
    letters: DeadLetters,
    _folder: TempDir,
}

/// The queues of the scheduler and the notifier; the indexer has none.
async fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let client = Sqs::open(folder.path(), clock::system()).unwrap().client();
    for queue in [DeadQueue::Scheduler, DeadQueue::Notifier] {
        for name in [queue.dead(), queue.live()] {
            let call = client.create_queue().queue_name(name);
            let call = if queue.is_fifo() { call.attributes(QueueAttributeName::FifoQueue, "true") } else { call };
            call.send().await.unwrap();
        }
    }
    Place { letters: DeadLetters::new(client.clone()), client, _folder: folder }
}

impl Place {
    async fn url(&self, name: &str) -> String {
        self.client.get_queue_url().queue_name(name).send().await.unwrap().queue_url.unwrap()
    }

    async fn send(&self, name: &str, group: Option<&str>, body: &str) {
        let call = self.client.send_message().queue_url(self.url(name).await).message_body(body);
        let call = call.set_message_group_id(group.map(str::to_owned)).set_message_deduplication_id(group.map(|_| body.to_owned()));
        call.send().await.unwrap();
    }

    async fn bodies(&self, name: &str) -> Vec<String> {
        let call = self.client.receive_message().queue_url(self.url(name).await).max_number_of_messages(10);
        let mut bodies: Vec<String> =
            call.send().await.unwrap().messages.unwrap_or_default().into_iter().filter_map(|message| message.body).collect();
        bodies.sort();
        bodies
    }
}

#[tokio::test]
async fn looking_leaves_letters_where_they_are() {
    let place = place().await;
    let queue = DeadQueue::Notifier;
    assert_eq!(place.letters.count(queue).await.unwrap(), Some(0));
    for number in 0..23 {
        place.send(queue.dead(), None, &format!("{number}")).await;
    }
    for _ in 0..2 {
        let letters = place.letters.look(queue, 100).await.unwrap();
        assert_eq!((letters.len(), place.letters.count(queue).await.unwrap()), (23, Some(23)));
        assert!(letters.iter().all(|letter| letter.sent_ms.is_some() && letter.group.is_none()));
    }
    assert_eq!(place.letters.look(queue, 5).await.unwrap().len(), 5);
}

#[tokio::test]
async fn all_go_back_once_and_in_the_order_of_their_group() {
    let place = place().await;
    let queue = DeadQueue::Scheduler;
    for number in 0..25 {
        place.send(queue.dead(), Some("queue"), &format!("{number:02}")).await;
    }
    assert_eq!(place.letters.look(queue, 1).await.unwrap()[0].group.as_deref(), Some("queue"));
    // Somebody sent one with that id a moment ago: the letter gets through all the same.
    place.send(queue.live(), Some("other"), "03").await;
    assert_eq!(place.letters.replay(queue, &Which::All).await.unwrap(), Replayed::Moved(25));
    assert_eq!(place.letters.count(queue).await.unwrap(), Some(0));
    let live = place.client.get_queue_attributes().queue_url(place.url(queue.live()).await);
    let live = live.attribute_names(QueueAttributeName::ApproximateNumberOfMessages).send().await.unwrap().attributes.unwrap();
    assert_eq!(live[&QueueAttributeName::ApproximateNumberOfMessages], "26");
    assert_eq!(place.bodies(queue.live()).await[..2], ["00", "01"]);
}

#[tokio::test]
async fn single_letters_go_back_or_away() {
    let place = place().await;
    let queue = DeadQueue::Notifier;
    for body in ["a", "b", "c"] {
        place.send(queue.dead(), None, body).await;
    }
    let letters = place.letters.look(queue, 100).await.unwrap();
    let id = |body: &str| letters.iter().find(|letter| letter.body == body).unwrap().id.clone();
    assert_eq!(place.letters.replay(queue, &Which::These(vec![id("b")])).await.unwrap(), Replayed::Moved(1));
    assert_eq!(place.bodies(queue.live()).await, ["b"]);
    let missing = place.letters.drop_letters(queue, &Which::These(vec![id("a"), id("b")])).await.unwrap_err();
    assert!(matches!(&missing, DeadLetterError::NoLetter(named) if *named == id("b")), "{missing}");
    assert_eq!(place.letters.drop_letters(queue, &Which::These(vec![id("a")])).await.unwrap(), 1);
    let left = place.letters.look(queue, 100).await.unwrap();
    assert_eq!(left.iter().map(|letter| letter.body.as_str()).collect::<Vec<_>>(), ["c"]);
    assert_eq!(place.letters.drop_letters(queue, &Which::All).await.unwrap(), 1);
    assert_eq!(place.letters.count(queue).await.unwrap(), Some(0));
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_named() {
    let place = place().await;
    assert_eq!(place.letters.count(DeadQueue::Indexer).await.unwrap(), None);
    let refused = place.letters.look(DeadQueue::Indexer, 1).await.unwrap_err();
    assert!(refused.to_string().contains("kraken-indexer-dead"), "{refused}");
}
