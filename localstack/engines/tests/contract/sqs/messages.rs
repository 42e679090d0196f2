//! What a message carries, and what it may be like.

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::MessageAttributeValue;

use super::place::{Place, body, count, system};

super::contract!(
    a_message_arrives_as_it_was_sent,
    attributes_travel_with_their_digest,
    only_attributes_that_are_asked_for_come,
    system_attributes_tell_its_history,
    unknown_queues_are_refused;
    strict: bodies_are_checked,
);

fn attribute(kind: &str, value: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder().data_type(kind).string_value(value).build().unwrap()
}

async fn a_message_arrives_as_it_was_sent(place: &Place) {
    let queue = place.standard().await;
    for text in ["plain", "tabs\tand\nlines\r\n", "ünïcode 🐙 \u{FFFD}", "{\"json\": \"<&>\"}"] {
        let sent = place.client.send_message().queue_url(&queue).message_body(text).send().await.unwrap();
        let got = place.receive(&queue, 5).await.remove(0);
        assert_eq!(body(&got), text);
        assert_eq!(got.message_id, sent.message_id);
        assert_eq!(got.md5_of_body, sent.md5_of_message_body);
        place.delete(&queue, &got).await;
    }
    let sent = place.client.send_message().queue_url(&queue).message_body("plain").send().await.unwrap();
    assert_eq!(sent.md5_of_message_body.as_deref(), Some("ac7938d40cfc2307e2bf325d28e7884e"));
}

async fn attributes_travel_with_their_digest(place: &Place) {
    let queue = place.standard().await;
    // Digests as other implementations compute them.
    for (kind, digest) in [("Number", "235c5c510d26fb653d073faed50ae77c"), ("Number.java.lang.Long", "2e2e4876d8e0bd6b8c2c8f556831c349")] {
        let send = place.client.send_message().queue_url(&queue).message_body("derp");
        let sent = send.message_attributes("timestamp", attribute(kind, "1493147359900")).send().await.unwrap();
        assert_eq!(sent.md5_of_message_attributes.as_deref(), Some(digest));
        let got = place.receive(&queue, 5).await.remove(0);
        assert_eq!(got.md5_of_message_attributes.as_deref(), Some(digest));
        assert_eq!(got.message_attributes.as_ref().unwrap()["timestamp"], attribute(kind, "1493147359900"));
        place.delete(&queue, &got).await;
    }
    let bytes = MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([0, 255, 7])).build().unwrap();
    let send = place.client.send_message().queue_url(&queue).message_body("x").message_attributes("bytes", bytes.clone());
    send.message_attributes("text", attribute("String", "ü")).send().await.unwrap();
    let got = place.receive(&queue, 5).await.remove(0);
    assert_eq!(got.message_attributes.as_ref().unwrap()["bytes"], bytes);
    assert_eq!(got.md5_of_message_attributes.as_deref(), Some("7a916f144b293b7a953cbcb4c00ad6f3"));
}

async fn only_attributes_that_are_asked_for_come(place: &Place) {
    let queue = place.queue("q", &[("VisibilityTimeout", "0")]).await;
    let send = place.client.send_message().queue_url(&queue).message_body("x");
    let send = send.message_attributes("a.one", attribute("String", "1")).message_attributes("a.two", attribute("String", "2"));
    send.message_attributes("b", attribute("String", "3")).send().await.unwrap();
    for (asked, expected) in [(&["b"][..], &["b"][..]), (&["a.*"], &["a.one", "a.two"]), (&["All"], &["a.one", "a.two", "b"]), (&[], &[])] {
        let mut receive = place.client.receive_message().queue_url(&queue).wait_time_seconds(5);
        for name in asked {
            receive = receive.message_attribute_names(*name);
        }
        let got = receive.send().await.unwrap().messages.unwrap().remove(0);
        let mut names: Vec<String> = got.message_attributes.unwrap_or_default().into_keys().collect();
        names.sort();
        assert_eq!(names, expected, "{asked:?}");
    }
}

async fn system_attributes_tell_its_history(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "x").await;
    let first = place.receive(&queue, 5).await.remove(0);
    assert_eq!(count(&first), 1);
    place.change_visibility(&queue, &first, 0).await;
    let second = place.receive(&queue, 5).await.remove(0);
    assert_eq!(count(&second), 2);
    for name in ["SentTimestamp", "ApproximateFirstReceiveTimestamp", "SenderId"] {
        assert!(system(&first, name).is_some(), "{name}");
        assert_eq!(system(&first, name), system(&second, name), "{name}");
    }
    let plain = place.client.receive_message().queue_url(&queue).visibility_timeout(0);
    place.change_visibility(&queue, &second, 0).await;
    assert_eq!(plain.send().await.unwrap().messages.unwrap()[0].attributes, None);
}

async fn bodies_are_checked(place: &Place) {
    let queue = place.queue("q", &[("MaximumMessageSize", "1024")]).await;
    let send = |body: &str| place.client.send_message().queue_url(&queue).message_body(body);
    send(&"x".repeat(1024)).send().await.unwrap();
    let refusal = send(&"x".repeat(1025)).send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("InvalidParameterValue"));
    let refusal = send("bell \u{7}").send().await.unwrap_err().into_service_error();
    assert!(refusal.is_invalid_message_contents(), "{refusal:?}");
    let refusal = send("").send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("MissingParameter"));
    let refusal = send("x").delay_seconds(901).send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("InvalidParameterValue"));
    let odd = MessageAttributeValue::builder().data_type("Colour").string_value("red").build().unwrap();
    let refusal = send("x").message_attributes("a", odd).send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("InvalidParameterValue"));
}

async fn unknown_queues_are_refused(place: &Place) {
    let queue = place.standard().await;
    let nowhere = queue.replace("-standard", "-nowhere");
    let refusal = place.client.send_message().queue_url(&nowhere).message_body("x").send().await.unwrap_err();
    assert!(refusal.into_service_error().is_queue_does_not_exist());
    let refusal = place.client.receive_message().queue_url(&nowhere).wait_time_seconds(20).send().await.unwrap_err();
    assert!(refusal.into_service_error().is_queue_does_not_exist());
}
