//! What takes minutes or days, by a clock moved by hand; and what costs nothing. Of this engine alone.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use jiff::Timestamp;
use kraken_engines::clock::Now;
use kraken_engines::sqs::Sqs;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(super) struct HandClock(Arc<AtomicI64>);

impl HandClock {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000)))
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> Now {
        let seconds = Arc::clone(&self.0);
        Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap())
    }
}

struct Story {
    directory: tempfile::TempDir,
    clock: HandClock,
    sqs: Sqs,
    client: Client,
    queue: String,
}

impl Story {
    async fn begin(name: &str, attributes: &[(Name, &str)]) -> Self {
        let (directory, clock) = (tempfile::tempdir().unwrap(), HandClock::new());
        let sqs = Sqs::open(directory.path(), clock.now()).unwrap();
        let client = sqs.client();
        let mut create = client.create_queue().queue_name(name);
        for (name, value) in attributes {
            create = create.attributes(name.clone(), *value);
        }
        let queue = create.send().await.unwrap().queue_url.unwrap();
        Self { directory, clock, sqs, client, queue }
    }

    async fn fifo() -> Self {
        Self::begin("q.fifo", &[(Name::FifoQueue, "true"), (Name::ContentBasedDeduplication, "true")]).await
    }

    async fn send(&self, body: &str) {
        let group = self.queue.ends_with(".fifo").then(|| "g".to_owned());
        self.client.send_message().queue_url(&self.queue).message_body(body).set_message_group_id(group).send().await.unwrap();
    }

    async fn bodies(&self) -> Vec<String> {
        let received = self.client.receive_message().queue_url(&self.queue).max_number_of_messages(10).send().await.unwrap();
        received.messages.unwrap_or_default().into_iter().map(|message| message.body.unwrap()).collect()
    }

    async fn count(&self) -> String {
        let counted = self.client.get_queue_attributes().queue_url(&self.queue).attribute_names(Name::All).send().await.unwrap();
        counted.attributes.unwrap()[&Name::ApproximateNumberOfMessages].clone()
    }
}

#[tokio::test]
async fn a_message_comes_again_at_the_very_end_of_its_timeout() {
    for story in [Story::begin("q", &[]).await, Story::fifo().await] {
        story.send("x").await;
        assert_eq!(story.bodies().await, ["x"]);
        story.clock.advance(29);
        assert!(story.bodies().await.is_empty());
        story.clock.advance(1);
        assert_eq!(story.bodies().await, ["x"]);
    }
}

#[tokio::test]
async fn a_delayed_fifo_queue_keeps_its_order() {
    let delay = [(Name::FifoQueue, "true"), (Name::ContentBasedDeduplication, "true"), (Name::DelaySeconds, "60")];
    let story = Story::begin("q.fifo", &delay).await;
    story.send("1").await;
    story.clock.advance(30);
    story.send("2").await;
    story.clock.advance(30);
    assert_eq!(story.bodies().await, ["1"]);
    story.clock.advance(30);
    assert_eq!(story.bodies().await, ["1", "2"]);
}

#[tokio::test]
async fn a_duplicate_is_one_for_five_minutes() {
    let story = Story::fifo().await;
    story.send("x").await;
    story.clock.advance(299);
    story.send("x").await;
    assert_eq!(story.count().await, "1");
    story.clock.advance(1);
    story.send("x").await;
    assert_eq!(story.bodies().await, ["x", "x"]);
}

#[tokio::test]
async fn a_message_past_its_retention_is_gone() {
    let retention = (Name::MessageRetentionPeriod, "3600");
    let fifo = [(Name::FifoQueue, "true"), (Name::ContentBasedDeduplication, "true"), retention.clone()];
    for story in [Story::begin("q", &[retention]).await, Story::begin("q.fifo", &fifo).await] {
        for n in 0..25 {
            story.send(&n.to_string()).await;
        }
        story.clock.advance(3599);
        story.send("young").await;
        story.clock.advance(1);
        assert_eq!(story.bodies().await, ["young"]);
        assert_eq!(story.count().await, "0");
    }
}

/// A queue that nobody reads, such as one for dead letters, doesn't grow for ever.
#[tokio::test]
async fn what_nobody_asks_for_is_swept() {
    for story in [Story::begin("q", &[]).await, Story::fifo().await] {
        for n in 0..25 {
            story.send(&n.to_string()).await;
        }
        story.clock.advance(345_600);
        story.send("young").await;
        assert_eq!(story.count().await, "1");
    }
}

#[tokio::test]
async fn a_jump_of_the_clock_is_noticed_when_told() {
    let story = Story::begin("q", &[]).await;
    story.send("x").await;
    assert_eq!(story.bodies().await, ["x"]);
    let receive = story.client.receive_message().queue_url(&story.queue).wait_time_seconds(20).send();
    let mut receive = Box::pin(receive);
    assert!(futures::poll!(&mut receive).is_pending());
    story.clock.advance(30);
    story.sqs.clock_moved().await;
    assert_eq!(receive.await.unwrap().messages().len(), 1);
}

#[tokio::test]
async fn a_receive_that_finds_nothing_writes_nothing() {
    for story in [Story::begin("q", &[]).await, Story::fifo().await] {
        story.send("in flight").await;
        assert_eq!(story.bodies().await.len(), 1);
        let before = contents(story.directory.path());
        for _ in 0..50 {
            assert!(story.bodies().await.is_empty());
        }
        assert!(before == contents(story.directory.path()), "a file changed");
    }
}

#[tokio::test]
async fn waiting_receives_hear_that_their_queue_is_deleted() {
    let story = Story::begin("q", &[]).await;
    let mut receive = Box::pin(story.client.receive_message().queue_url(&story.queue).wait_time_seconds(20).send());
    assert!(futures::poll!(&mut receive).is_pending());
    story.client.delete_queue().queue_url(&story.queue).send().await.unwrap();
    assert!(receive.await.unwrap_err().into_service_error().is_queue_does_not_exist());
}

/// A delivery that nobody was there to take doesn't count.
#[tokio::test]
async fn a_message_nobody_took_is_as_new() {
    let story = Story::begin("q", &[]).await;
    for _ in 0..20 {
        let mut receive = Box::pin(story.client.receive_message().queue_url(&story.queue).wait_time_seconds(20).send());
        assert!(futures::poll!(&mut receive).is_pending());
    }
    story.send("x").await;
    let all = aws_sdk_sqs::types::MessageSystemAttributeName::All;
    let receive = story.client.receive_message().queue_url(&story.queue).wait_time_seconds(20).message_system_attribute_names(all.clone());
    let message = receive.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(message.attributes.unwrap()[&aws_sdk_sqs::types::MessageSystemAttributeName::ApproximateReceiveCount], "1");
}

fn contents(directory: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}
