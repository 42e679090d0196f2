//! Messages that nobody manages to handle move to the queue set for them.

use aws_sdk_sqs::types::QueueAttributeName as Name;

use super::place::{Place, body, system};

super::contract!(
    a_message_delivered_too_often_moves,
    a_group_goes_on_after_its_bad_message,
    a_receive_that_waits_for_dead_letters_is_woken;
    strict: the_policy_needs_a_queue_of_its_kind,
);

async fn arn(place: &Place, queue: &str) -> String {
    let described = place.client.get_queue_attributes().queue_url(queue).attribute_names(Name::QueueArn).send().await.unwrap();
    described.attributes.unwrap()[&Name::QueueArn].clone()
}

fn policy(arn: &str, count: u32) -> String {
    format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{count}}}"#)
}

async fn a_message_delivered_too_often_moves(place: &Place) {
    let dead = place.queue("dead", &[]).await;
    let queue = place.queue("q", &[("RedrivePolicy", &policy(&arn(place, &dead).await, 2))]).await;
    place.send(&queue, "poison").await;
    for _ in 0..2 {
        let message = place.receive(&queue, 5).await.remove(0);
        place.change_visibility(&queue, &message, 0).await;
    }
    assert!(place.receive(&queue, 0).await.is_empty());
    let letter = place.receive(&dead, 5).await.remove(0);
    assert_eq!(body(&letter), "poison");
    assert_eq!(system(&letter, "DeadLetterQueueSourceArn"), Some(arn(place, &queue).await.as_str()));
    place.delete(&dead, &letter).await;
}

async fn a_group_goes_on_after_its_bad_message(place: &Place) {
    let dead = place.queue("dead.fifo", &[("FifoQueue", "true")]).await;
    let policy = policy(&arn(place, &dead).await, 1);
    let queue = place.queue("q.fifo", &[("FifoQueue", "true"), ("ContentBasedDeduplication", "true"), ("RedrivePolicy", &policy)]).await;
    for body in ["poison", "good", "better"] {
        place.send_in(&queue, "g", body).await;
    }
    let first = place.client.receive_message().queue_url(&queue).send().await.unwrap().messages.unwrap().remove(0);
    place.change_visibility(&queue, &first, 0).await;
    assert_eq!(place.bodies(&queue, 5).await, ["good", "better"]);
    let letter = place.receive(&dead, 5).await.remove(0);
    assert_eq!((body(&letter), system(&letter, "MessageGroupId")), ("poison", Some("g")));
}

async fn a_receive_that_waits_for_dead_letters_is_woken(place: &Place) {
    let dead = place.queue("dead", &[]).await;
    let queue = place.queue("q", &[("RedrivePolicy", &policy(&arn(place, &dead).await, 1))]).await;
    place.send(&queue, "poison").await;
    let receive = place.client.receive_message().queue_url(&dead).wait_time_seconds(20);
    let waiting = tokio::spawn(async move { receive.send().await.unwrap().messages.unwrap() });
    let message = place.receive(&queue, 5).await.remove(0);
    place.change_visibility(&queue, &message, 0).await;
    assert!(place.receive(&queue, 0).await.is_empty());
    assert_eq!(body(&waiting.await.unwrap()[0]), "poison");
}

async fn the_policy_needs_a_queue_of_its_kind(place: &Place) {
    let ordered = place.fifo().await;
    let standard = place.standard().await;
    for target in [arn(place, &ordered).await, arn(place, &standard).await.replace("-standard", "-nowhere")] {
        let change = place.client.set_queue_attributes().queue_url(&standard).attributes(Name::RedrivePolicy, policy(&target, 3));
        assert!(change.send().await.is_err(), "{target}");
    }
}
