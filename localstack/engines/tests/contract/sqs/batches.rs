//! Batches: each entry for itself, within limits.

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry};

use super::place::{Place, count, handle};

super::contract!(a_bad_entry_leaves_the_others_alone, a_batch_deletes_and_keeps, limits_are_checked);

fn entry(id: &str, body: &str) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder().id(id).message_body(body).build().unwrap()
}

async fn a_bad_entry_leaves_the_others_alone(place: &Place) {
    let queue = place.standard().await;
    let batch = place.client.send_message_batch().queue_url(&queue);
    let sent = batch.entries(entry("a", "1")).entries(entry("b", "bell \u{7}")).entries(entry("c", "3")).send().await.unwrap();
    assert_eq!(sent.successful().iter().map(|entry| entry.id()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(sent.failed().len(), 1);
    assert_eq!((sent.failed()[0].id(), sent.failed()[0].code(), sent.failed()[0].sender_fault), ("b", "InvalidMessageContents", true));

    let mut bodies = place.bodies(&queue, 5).await;
    bodies.sort();
    assert_eq!(bodies, ["1", "3"]);
}

async fn a_batch_deletes_and_keeps(place: &Place) {
    let queue = place.queue("q", &[("VisibilityTimeout", "1")]).await;
    for body in ["delete", "keep"] {
        place.send(&queue, body).await;
    }
    let mut got = Vec::new();
    while got.len() < 2 {
        got.extend(place.receive(&queue, 5).await);
    }
    got.sort_by(|a, b| a.body.cmp(&b.body));
    let deletion = |id: &str, handle: &str| DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(handle).build().unwrap();
    let batch = place.client.delete_message_batch().queue_url(&queue);
    let batch = batch.entries(deletion("right", handle(&got[0]))).entries(deletion("wrong", "nonsense"));
    let deleted = batch.send().await.unwrap();
    assert_eq!(deleted.successful()[0].id(), "right");
    assert_eq!((deleted.failed()[0].id(), deleted.failed()[0].code()), ("wrong", "ReceiptHandleIsInvalid"));

    let extension = ChangeMessageVisibilityBatchRequestEntry::builder().id("keep").receipt_handle(handle(&got[1])).visibility_timeout(60);
    let extension = extension.build().unwrap();
    let kept = place.client.change_message_visibility_batch().queue_url(&queue).entries(extension).send().await.unwrap();
    assert_eq!(kept.successful().len(), 1);
    assert!(place.receive(&queue, 2).await.is_empty());
    place.change_visibility(&queue, &got[1], 0).await;
    assert_eq!(count(&place.receive(&queue, 5).await[0]), 2);
}

async fn limits_are_checked(place: &Place) {
    let queue = place.standard().await;
    let send = |entries: Vec<SendMessageBatchRequestEntry>| {
        let batch = place.client.send_message_batch().queue_url(&queue).set_entries(Some(entries)).send();
        async move { batch.await.unwrap_err().into_service_error().code().map(str::to_owned).unwrap_or_default() }
    };
    assert!(send(vec![]).await.ends_with("EmptyBatchRequest"));
    assert!(send((0..11).map(|n| entry(&n.to_string(), "x")).collect()).await.ends_with("TooManyEntriesInBatchRequest"));
    assert!(send(vec![entry("a", "x"), entry("a", "y")]).await.ends_with("BatchEntryIdsNotDistinct"));
    assert!(send(vec![entry("a b", "x")]).await.ends_with("InvalidBatchEntryId"));
    let half = "x".repeat(600_000);
    assert!(send(vec![entry("a", &half), entry("b", &half)]).await.ends_with("BatchRequestTooLong"));
}
