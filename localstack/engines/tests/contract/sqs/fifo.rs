//! FIFO queues: order within a group, one delivery of a group at a time, no duplicates.

use aws_sdk_sqs::error::ProvideErrorMetadata;

use super::place::{Place, body, handle, system};

super::contract!(
    a_group_keeps_its_order,
    a_group_waits_while_a_message_of_it_is_in_flight,
    groups_do_not_wait_for_each_other,
    a_message_given_back_stays_first,
    the_same_content_is_sent_once,
    the_same_id_is_sent_once,
    a_duplicate_of_a_deleted_message_is_still_one,
    numbers_grow_with_each_message;
    strict: a_stale_receipt_is_refused, what_order_needs_must_be_there,
);

async fn one(place: &Place, queue: &str) -> Option<aws_sdk_sqs::types::Message> {
    place.client.receive_message().queue_url(queue).send().await.unwrap().messages.unwrap_or_default().pop()
}

async fn a_group_keeps_its_order(place: &Place) {
    let queue = place.fifo().await;
    let sent: Vec<String> = (0..25).map(|n| n.to_string()).collect();
    for body in &sent {
        place.send_in(&queue, "g", body).await;
    }
    let mut got = Vec::new();
    while got.len() < sent.len() {
        for message in place.receive(&queue, 5).await {
            got.push(body(&message).to_owned());
            place.delete(&queue, &message).await;
        }
    }
    assert_eq!(got, sent);
}

async fn a_group_waits_while_a_message_of_it_is_in_flight(place: &Place) {
    let queue = place.fifo().await;
    for body in ["1", "2"] {
        place.send_in(&queue, "g", body).await;
    }
    let first = one(place, &queue).await.unwrap();
    assert_eq!(body(&first), "1");
    assert!(one(place, &queue).await.is_none());
    place.delete(&queue, &first).await;
    assert_eq!(body(&one(place, &queue).await.unwrap()), "2");
}

async fn groups_do_not_wait_for_each_other(place: &Place) {
    let queue = place.fifo().await;
    for (group, body) in [("a", "a1"), ("a", "a2"), ("b", "b1"), ("c", "c1")] {
        place.send_in(&queue, group, body).await;
    }
    let mut got = Vec::new();
    while let Some(message) = one(place, &queue).await {
        got.push(body(&message).to_owned());
    }
    got.sort();
    assert_eq!(got, ["a1", "b1", "c1"]);
}

async fn a_message_given_back_stays_first(place: &Place) {
    let queue = place.fifo().await;
    for body in ["1", "2", "3"] {
        place.send_in(&queue, "g", body).await;
    }
    let first = one(place, &queue).await.unwrap();
    place.change_visibility(&queue, &first, 0).await;
    assert_eq!(place.bodies(&queue, 5).await, ["1", "2", "3"]);
}

async fn the_same_content_is_sent_once(place: &Place) {
    let queue = place.fifo().await;
    let send = || place.client.send_message().queue_url(&queue).message_group_id("g").message_body("x");
    let (first, second) = (send().send().await.unwrap(), send().send().await.unwrap());
    assert_eq!(first.message_id, second.message_id);
    assert_eq!(first.sequence_number, second.sequence_number);
    assert_eq!(place.bodies(&queue, 5).await, ["x"]);
}

async fn the_same_id_is_sent_once(place: &Place) {
    let queue = place.queue("q.fifo", &[("FifoQueue", "true")]).await;
    for (id, body) in [("1", "first"), ("1", "again"), ("2", "second")] {
        let send = place.client.send_message().queue_url(&queue).message_group_id("g").message_body(body);
        send.message_deduplication_id(id).send().await.unwrap();
    }
    let got = place.receive(&queue, 5).await;
    assert_eq!(got.iter().map(body).collect::<Vec<_>>(), ["first", "second"]);
    assert_eq!(system(&got[1], "MessageDeduplicationId"), Some("2"));
    assert_eq!(system(&got[1], "MessageGroupId"), Some("g"));
}

async fn a_duplicate_of_a_deleted_message_is_still_one(place: &Place) {
    let queue = place.fifo().await;
    place.send_in(&queue, "g", "x").await;
    let message = one(place, &queue).await.unwrap();
    place.delete(&queue, &message).await;
    place.send_in(&queue, "g", "x").await;
    assert!(one(place, &queue).await.is_none());
}

async fn what_order_needs_must_be_there(place: &Place) {
    let queue = place.queue("q.fifo", &[("FifoQueue", "true")]).await;
    let send = || place.client.send_message().queue_url(&queue).message_body("x");
    let refusal = send().message_deduplication_id("1").send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("MissingParameter"));
    let refusal = send().message_group_id("g").send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("InvalidParameterValue"));
    let refusal = send().message_group_id("g").message_deduplication_id("1").delay_seconds(5).send().await.unwrap_err();
    assert_eq!(refusal.into_service_error().code(), Some("InvalidParameterValue"));
    let refusal = send().message_group_id("a b").message_deduplication_id("1").send().await.unwrap_err();
    assert_eq!(refusal.into_service_error().code(), Some("InvalidParameterValue"));
}

async fn a_stale_receipt_is_refused(place: &Place) {
    let queue = place.fifo().await;
    place.send_in(&queue, "g", "x").await;
    let first = one(place, &queue).await.unwrap();
    place.change_visibility(&queue, &first, 0).await;
    let delete = || place.client.delete_message().queue_url(&queue).receipt_handle(handle(&first));
    // Visible again, nobody's.
    assert_eq!(delete().send().await.unwrap_err().into_service_error().code(), Some("InvalidParameterValue"));
    // Somebody else's.
    let second = one(place, &queue).await.unwrap();
    assert_eq!(delete().send().await.unwrap_err().into_service_error().code(), Some("InvalidParameterValue"));
    place.delete(&queue, &second).await;
    assert!(one(place, &queue).await.is_none());
}

async fn numbers_grow_with_each_message(place: &Place) {
    let queue = place.fifo().await;
    let mut numbers = Vec::new();
    for n in 0..3 {
        let send = place.client.send_message().queue_url(&queue).message_group_id("g").message_body(n.to_string());
        numbers.push(send.send().await.unwrap().sequence_number.unwrap());
        // An empty queue does not start over.
        let message = one(place, &queue).await.unwrap();
        place.delete(&queue, &message).await;
    }
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    assert!(numbers.iter().all(|number| number.len() == 20), "{numbers:?}");
}
