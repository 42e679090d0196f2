//! Queues as such: made, found, described, changed, emptied, deleted.

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::QueueAttributeName as Name;

use super::place::Place;

super::contract!(
    a_queue_is_made_once_and_found_by_name,
    another_kind_of_queue_of_the_same_name_is_refused,
    a_deleted_queue_is_gone,
    attributes_are_described_and_changed,
    messages_are_counted_by_state,
    a_purged_queue_is_empty,
    queues_are_listed_in_pages;
    strict: names_and_attributes_are_checked,
);

async fn a_queue_is_made_once_and_found_by_name(place: &Place) {
    let first = place.queue("q", &[("VisibilityTimeout", "7")]).await;
    assert_eq!(place.queue("q", &[("VisibilityTimeout", "7")]).await, first);
    let found = place.client.get_queue_url().queue_name(place.name("q")).send().await.unwrap();
    assert_eq!(found.queue_url.as_deref(), Some(first.as_str()));
    assert!(first.ends_with(&place.name("q")), "{first}");
}

async fn another_kind_of_queue_of_the_same_name_is_refused(place: &Place) {
    place.queue("q", &[("VisibilityTimeout", "7")]).await;
    let again = place.client.create_queue().queue_name(place.name("q")).attributes(Name::VisibilityTimeout, "8");
    let refusal = again.send().await.unwrap_err().into_service_error();
    assert!(refusal.is_queue_name_exists(), "{refusal:?}");
    assert_eq!(refusal.code(), Some("QueueAlreadyExists"));
}

async fn a_deleted_queue_is_gone(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "lost").await;
    place.client.delete_queue().queue_url(&queue).send().await.unwrap();
    let refusal = place.client.receive_message().queue_url(&queue).send().await.unwrap_err().into_service_error();
    assert!(refusal.is_queue_does_not_exist(), "{refusal:?}");
    assert_eq!(refusal.code(), Some("AWS.SimpleQueueService.NonExistentQueue"));
    let refusal = place.client.get_queue_url().queue_name(place.name("standard")).send().await.unwrap_err();
    assert!(refusal.into_service_error().is_queue_does_not_exist());
    let refusal = place.client.send_message().queue_url(&queue).message_body("x").send().await.unwrap_err();
    assert!(refusal.into_service_error().is_queue_does_not_exist());
}

async fn names_and_attributes_are_checked(place: &Place) {
    for (name, fifo) in [("with space", false), ("not-ordered", true)] {
        let mut create = place.client.create_queue().queue_name(place.name(name));
        if fifo {
            create = create.attributes(Name::FifoQueue, "true");
        }
        let refusal = create.send().await.unwrap_err().into_service_error();
        assert_eq!(refusal.code(), Some("InvalidParameterValue"), "{name}");
    }
    let create = place.client.create_queue().queue_name(place.name("q")).attributes(Name::VisibilityTimeout, "43201");
    assert_eq!(create.send().await.unwrap_err().into_service_error().code(), Some("InvalidAttributeValue"));
    let create = place.client.create_queue().queue_name(place.name("q")).attributes(Name::from("Colour"), "red");
    assert_eq!(create.send().await.unwrap_err().into_service_error().code(), Some("InvalidAttributeName"));
}

async fn attributes_are_described_and_changed(place: &Place) {
    let queue = place.queue("q", &[("VisibilityTimeout", "7")]).await;
    place.client.set_queue_attributes().queue_url(&queue).attributes(Name::DelaySeconds, "3").send().await.unwrap();
    let all = place.client.get_queue_attributes().queue_url(&queue).attribute_names(Name::All).send().await.unwrap();
    let all = all.attributes.unwrap();
    for (name, value) in [
        (Name::VisibilityTimeout, "7"),
        (Name::DelaySeconds, "3"),
        (Name::MessageRetentionPeriod, "345600"),
        (Name::ReceiveMessageWaitTimeSeconds, "0"),
        (Name::ApproximateNumberOfMessages, "0"),
    ] {
        assert_eq!(all.get(&name).map(String::as_str), Some(value), "{name}");
    }
    assert!(all[&Name::QueueArn].ends_with(&format!(":{}", place.name("q"))));
    let one = place.client.get_queue_attributes().queue_url(&queue).attribute_names(Name::DelaySeconds).send().await.unwrap();
    assert_eq!(one.attributes.unwrap().len(), 1);
}

async fn messages_are_counted_by_state(place: &Place) {
    let queue = place.standard().await;
    for body in ["a", "b", "c"] {
        place.send(&queue, body).await;
    }
    place.client.send_message().queue_url(&queue).message_body("later").delay_seconds(900).send().await.unwrap();
    place.client.receive_message().queue_url(&queue).send().await.unwrap();
    let counts = place.client.get_queue_attributes().queue_url(&queue).attribute_names(Name::All).send().await.unwrap();
    let counts = counts.attributes.unwrap();
    assert_eq!(counts[&Name::ApproximateNumberOfMessages], "2");
    assert_eq!(counts[&Name::ApproximateNumberOfMessagesNotVisible], "1");
    assert_eq!(counts[&Name::ApproximateNumberOfMessagesDelayed], "1");
}

async fn a_purged_queue_is_empty(place: &Place) {
    for queue in [place.standard().await, place.fifo().await] {
        for body in ["a", "b", "c"] {
            let group = queue.ends_with(".fifo").then(|| "g".to_owned());
            place.client.send_message().queue_url(&queue).message_body(body).set_message_group_id(group).send().await.unwrap();
        }
        assert!(!place.receive(&queue, 0).await.is_empty());
        place.client.purge_queue().queue_url(&queue).send().await.unwrap();
        let counts = place.client.get_queue_attributes().queue_url(&queue).attribute_names(Name::All).send().await.unwrap();
        let counts = counts.attributes.unwrap();
        assert_eq!((&*counts[&Name::ApproximateNumberOfMessages], &*counts[&Name::ApproximateNumberOfMessagesNotVisible]), ("0", "0"));
    }
}

async fn queues_are_listed_in_pages(place: &Place) {
    let mut made = Vec::new();
    for name in ["list-a", "list-b", "list-c"] {
        made.push(place.queue(name, &[]).await);
    }
    place.queue("other", &[]).await;
    let list = || place.client.list_queues().queue_name_prefix(place.name("list-"));
    assert_eq!(list().send().await.unwrap().queue_urls.unwrap(), made);

    let first = list().max_results(2).send().await.unwrap();
    assert_eq!(first.queue_urls(), &made[..2]);
    let second = list().max_results(2).next_token(first.next_token.unwrap()).send().await.unwrap();
    assert_eq!(second.queue_urls(), &made[2..]);
    assert_eq!(second.next_token, None);
}
