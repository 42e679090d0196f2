//! The queue of a function at home puts aside what cannot be dealt with, and tries it again at the next start.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kraken_cloud::Inbox;
use kraken_engines::sqs::Sqs;

/// Hands the next message out once, without waiting for it to come again; gives what it says.
async fn hand_out(sqs: &Sqs, url: &str) -> Option<String> {
    let answer = sqs.client().receive_message().queue_url(url).visibility_timeout(0).send().await.unwrap();
    answer.messages.unwrap_or_default().into_iter().next().and_then(|message| message.body)
}

#[tokio::test]
async fn what_fails_again_and_again_is_put_aside_until_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = Sqs::open(folder.path(), Arc::new(jiff::Timestamp::now)).unwrap();
    // As an earlier version made it.
    sqs.client().create_queue().queue_name("inbox").send().await.unwrap();
    let inbox = Inbox::create(sqs.client(), "inbox", 3).await.unwrap();
    sqs.client().send_message().queue_url(inbox.url()).message_body("poison").send().await.unwrap();
    for _ in 0..3 {
        assert_eq!(hand_out(&sqs, inbox.url()).await.as_deref(), Some("poison"));
    }
    assert_eq!(hand_out(&sqs, inbox.url()).await, None, "it does not loop");
    let dead = inbox.url().replace("inbox", "inbox-dead");
    assert_eq!(hand_out(&sqs, &dead).await.as_deref(), Some("poison"), "it is not lost");

    let again = Inbox::create(sqs.client(), "inbox", 3).await.unwrap();
    let received = again.receive(1, 0).await.unwrap();
    assert_eq!(received.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["poison"]);
    again.delete(received.into_iter().map(|message| message.receipt).collect()).await.unwrap();
    assert!(again.receive(10, 0).await.unwrap().is_empty());
}
