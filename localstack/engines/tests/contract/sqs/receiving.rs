//! Deliveries: hidden from others, acknowledged by their receipt, given back.

use aws_sdk_sqs::error::ProvideErrorMetadata;

use super::place::{Place, body, count, handle};

super::contract!(
    a_message_in_flight_is_hidden_until_its_timeout,
    a_deleted_message_never_comes_again,
    a_message_given_back_comes_at_once,
    a_message_can_be_kept_longer,
    no_more_messages_come_than_asked_for,
    a_delay_hides_a_new_message;
    strict: deleting_again_is_no_error, what_is_visible_again_cannot_be_kept, a_stale_receipt_deletes_nothing, receipts_are_checked, limits_of_a_receive_are_checked,
);

async fn a_message_in_flight_is_hidden_until_its_timeout(place: &Place) {
    let queue = place.queue("q", &[("VisibilityTimeout", "1")]).await;
    place.send(&queue, "x").await;
    let first = place.receive(&queue, 5).await.remove(0);
    assert!(place.receive(&queue, 0).await.is_empty());
    let second = place.receive(&queue, 10).await.remove(0);
    assert_eq!((body(&second), count(&second)), ("x", 2));
    assert_ne!(handle(&first), handle(&second));
}

async fn a_deleted_message_never_comes_again(place: &Place) {
    let queue = place.queue("q", &[("VisibilityTimeout", "1")]).await;
    place.send(&queue, "x").await;
    let message = place.receive(&queue, 5).await.remove(0);
    place.delete(&queue, &message).await;
    assert!(place.receive(&queue, 2).await.is_empty());
}

async fn deleting_again_is_no_error(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "x").await;
    let message = place.receive(&queue, 5).await.remove(0);
    place.delete(&queue, &message).await;
    place.delete(&queue, &message).await;
}

async fn a_message_given_back_comes_at_once(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "x").await;
    let first = place.receive(&queue, 5).await.remove(0);
    place.change_visibility(&queue, &first, 0).await;
    assert_eq!(count(&place.receive(&queue, 0).await[0]), 2);
}

async fn a_message_can_be_kept_longer(place: &Place) {
    let queue = place.queue("q", &[("VisibilityTimeout", "1")]).await;
    place.send(&queue, "x").await;
    let message = place.receive(&queue, 5).await.remove(0);
    place.change_visibility(&queue, &message, 60).await;
    assert!(place.receive(&queue, 2).await.is_empty());
}

async fn what_is_visible_again_cannot_be_kept(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "x").await;
    let message = place.receive(&queue, 5).await.remove(0);
    place.change_visibility(&queue, &message, 0).await;
    let change = place.client.change_message_visibility().queue_url(&queue).receipt_handle(handle(&message)).visibility_timeout(60);
    let refusal = change.send().await.unwrap_err().into_service_error();
    assert!(refusal.is_message_not_inflight(), "{refusal:?}");
}

async fn a_stale_receipt_deletes_nothing(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "x").await;
    let first = place.receive(&queue, 5).await.remove(0);
    place.change_visibility(&queue, &first, 0).await;
    let second = place.receive(&queue, 5).await.remove(0);
    place.delete(&queue, &first).await;
    place.change_visibility(&queue, &second, 0).await;
    assert_eq!(count(&place.receive(&queue, 5).await[0]), 3);
}

async fn receipts_are_checked(place: &Place) {
    let queue = place.standard().await;
    for wrong in ["nonsense", "MSAyIDM"] {
        let refusal = place.client.delete_message().queue_url(&queue).receipt_handle(wrong).send().await.unwrap_err().into_service_error();
        assert!(refusal.is_receipt_handle_is_invalid(), "{refusal:?}");
        let change = place.client.change_message_visibility().queue_url(&queue).receipt_handle(wrong).visibility_timeout(1);
        assert!(change.send().await.unwrap_err().into_service_error().is_receipt_handle_is_invalid());
    }
    place.send(&queue, "x").await;
    let message = place.receive(&queue, 5).await.remove(0);
    let other = place.queue("other", &[]).await;
    let refusal = place.client.delete_message().queue_url(&other).receipt_handle(handle(&message)).send().await.unwrap_err();
    assert!(refusal.into_service_error().is_receipt_handle_is_invalid());
    let change = place.client.change_message_visibility().queue_url(&queue).receipt_handle(handle(&message)).visibility_timeout(43_201);
    assert_eq!(change.send().await.unwrap_err().into_service_error().code(), Some("InvalidParameterValue"));
    place.delete(&queue, &message).await;
    let change = place.client.change_message_visibility().queue_url(&queue).receipt_handle(handle(&message)).visibility_timeout(1);
    assert_eq!(change.send().await.unwrap_err().into_service_error().code(), Some("InvalidParameterValue"));
}

async fn limits_of_a_receive_are_checked(place: &Place) {
    let queue = place.standard().await;
    let receive = || place.client.receive_message().queue_url(&queue);
    for wrong in [
        receive().max_number_of_messages(0),
        receive().max_number_of_messages(11),
        receive().wait_time_seconds(21),
        receive().visibility_timeout(-1),
    ] {
        let refusal = wrong.send().await.unwrap_err().into_service_error();
        assert_eq!(refusal.code(), Some("InvalidParameterValue"), "{refusal:?}");
    }
}

async fn no_more_messages_come_than_asked_for(place: &Place) {
    let queue = place.standard().await;
    for n in 0..12 {
        place.send(&queue, &n.to_string()).await;
    }
    assert_eq!(place.client.receive_message().queue_url(&queue).send().await.unwrap().messages().len(), 1);
    let mut rest = Vec::new();
    while rest.len() < 11 {
        let some = place.receive(&queue, 5).await;
        assert!((1..=10).contains(&some.len()));
        rest.extend(some);
    }
    assert!(place.receive(&queue, 0).await.is_empty());
}

async fn a_delay_hides_a_new_message(place: &Place) {
    let queue = place.queue("q", &[("DelaySeconds", "1")]).await;
    place.send(&queue, "queue").await;
    place.client.send_message().queue_url(&queue).message_body("now").delay_seconds(0).send().await.unwrap();
    assert_eq!(place.bodies(&queue, 0).await, ["now"]);
    assert_eq!(place.bodies(&queue, 10).await, ["queue"]);
    let plain = place.standard().await;
    place.client.send_message().queue_url(&plain).message_body("message").delay_seconds(1).send().await.unwrap();
    assert!(place.receive(&plain, 0).await.is_empty());
    assert_eq!(place.bodies(&plain, 10).await, ["message"]);
}
