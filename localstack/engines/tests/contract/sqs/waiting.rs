//! Long polls: woken by whatever makes a message receivable, and by nothing else.

use std::time::Duration;

use aws_sdk_sqs::types::Message;
use futures::FutureExt;
use tokio::task::JoinHandle;

use super::place::{Place, body, count};

super::contract!(
    a_send_wakes_a_waiting_receive,
    the_end_of_a_timeout_wakes_a_waiting_receive,
    the_end_of_a_delay_wakes_a_waiting_receive,
    giving_back_wakes_a_waiting_receive,
    waiting_ends_with_nothing,
    a_queue_may_wait_by_default,
    one_message_wakes_one_receive,
    a_receive_that_was_given_up_swallows_nothing,
);

/// A receive that waits for the longest time SQS allows, in the background.
async fn waiting(place: &Place, queue: &str) -> JoinHandle<Vec<Message>> {
    let receive = place.client.receive_message().queue_url(queue).wait_time_seconds(20);
    let receive = receive.message_system_attribute_names(aws_sdk_sqs::types::MessageSystemAttributeName::All);
    let task = tokio::spawn(async move { receive.send().await.unwrap().messages.unwrap_or_default() });
    // Another request over the same way: by its answer, the receive has most likely begun to wait. The stories hold
    // either way.
    place.client.get_queue_attributes().queue_url(queue).send().await.unwrap();
    task
}

/// Messages that were waited for, in less time than the wait itself.
async fn woken(task: JoinHandle<Vec<Message>>) -> Vec<Message> {
    tokio::time::timeout(Duration::from_secs(15), task).await.expect("it was not woken").unwrap()
}

async fn a_send_wakes_a_waiting_receive(place: &Place) {
    for queue in [place.standard().await, place.fifo().await] {
        let task = waiting(place, &queue).await;
        let group = queue.ends_with(".fifo").then(|| "g".to_owned());
        place.client.send_message().queue_url(&queue).message_body("x").set_message_group_id(group).send().await.unwrap();
        assert_eq!(body(&woken(task).await[0]), "x");
    }
}

async fn the_end_of_a_timeout_wakes_a_waiting_receive(place: &Place) {
    for queue in [place.standard().await, place.fifo().await] {
        let group = queue.ends_with(".fifo").then(|| "g".to_owned());
        place.client.send_message().queue_url(&queue).message_body("x").set_message_group_id(group).send().await.unwrap();
        let taken = place.client.receive_message().queue_url(&queue).visibility_timeout(1).send().await.unwrap();
        assert_eq!(taken.messages().len(), 1);
        assert_eq!(count(&woken(waiting(place, &queue).await).await[0]), 2);
    }
}

async fn the_end_of_a_delay_wakes_a_waiting_receive(place: &Place) {
    let queue = place.standard().await;
    let task = waiting(place, &queue).await;
    place.client.send_message().queue_url(&queue).message_body("later").delay_seconds(1).send().await.unwrap();
    assert_eq!(body(&woken(task).await[0]), "later");
}

async fn giving_back_wakes_a_waiting_receive(place: &Place) {
    let queue = place.standard().await;
    place.send(&queue, "x").await;
    let first = place.receive(&queue, 5).await.remove(0);
    let task = waiting(place, &queue).await;
    place.change_visibility(&queue, &first, 0).await;
    assert_eq!(count(&woken(task).await[0]), 2);
}

async fn waiting_ends_with_nothing(place: &Place) {
    let queue = place.standard().await;
    assert!(place.receive(&queue, 1).await.is_empty());
}

async fn a_queue_may_wait_by_default(place: &Place) {
    let queue = place.queue("q", &[("ReceiveMessageWaitTimeSeconds", "20")]).await;
    let receive = place.client.receive_message().queue_url(&queue);
    let task = tokio::spawn(async move { receive.send().await.unwrap().messages.unwrap_or_default() });
    place.send(&queue, "x").await;
    assert_eq!(woken(task).await.len(), 1);
    let at_once = place.client.receive_message().queue_url(&queue).wait_time_seconds(0).send();
    let answer = tokio::time::timeout(Duration::from_secs(15), at_once).await.expect("it waited");
    assert!(answer.unwrap().messages().is_empty());
}

async fn one_message_wakes_one_receive(place: &Place) {
    let queue = place.standard().await;
    let mut tasks = Vec::new();
    for _ in 0..8 {
        tasks.push(waiting(place, &queue).await);
    }
    for n in 0..8 {
        place.send(&queue, &n.to_string()).await;
    }
    let mut bodies = Vec::new();
    for task in tasks {
        let messages = woken(task).await;
        assert_eq!(messages.len(), 1);
        bodies.push(body(&messages[0]).to_owned());
    }
    bodies.sort();
    assert_eq!(bodies, ["0", "1", "2", "3", "4", "5", "6", "7"]);
}

/// An agent that dies while it waits must not take a message with it.
async fn a_receive_that_was_given_up_swallows_nothing(place: &Place) {
    let queue = place.standard().await;
    for _ in 0..3 {
        let task = waiting(place, &queue).await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    // The first poll of a future that is then dropped sends the request in process at once.
    let receive = place.client.receive_message().queue_url(&queue).wait_time_seconds(20).send();
    assert!(Box::pin(receive).now_or_never().is_none());
    place.send(&queue, "x").await;
    // Over a network the server may learn of the end only after it has answered; the message then comes again.
    let got = place.receive(&queue, 20).await;
    let got = if got.is_empty() { place.receive(&queue, 20).await } else { got };
    assert_eq!(body(&got[0]), "x");
}
