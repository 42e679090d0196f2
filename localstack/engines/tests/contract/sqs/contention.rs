//! Many at once: nothing lost, nothing twice, order kept.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageSystemAttributeName;

use super::place::{Place, body, handle, system};

super::contract!(each_of_many_messages_goes_to_one_receiver, each_group_keeps_its_order_among_many_receivers);

const PEERS: usize = 64;
const EACH: usize = 10;

/// Bodies in the order of their deletion, and those that are in flight.
#[derive(Default)]
struct Seen {
    in_flight: HashSet<String>,
    groups_in_flight: HashSet<String>,
    done: Vec<String>,
}

/// Receives and deletes until all are done, and complains when a message is handed out twice.
async fn drain(client: Client, queue: String, seen: Arc<Mutex<Seen>>, total: usize) {
    while seen.lock().unwrap().done.len() < total {
        let receive = client.receive_message().queue_url(&queue).max_number_of_messages(3).wait_time_seconds(1);
        let receive = receive.message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
        let messages = receive.send().await.unwrap().messages.unwrap_or_default();
        let groups: HashSet<&str> = messages.iter().filter_map(|message| system(message, "MessageGroupId")).collect();
        {
            let mut seen = seen.lock().unwrap();
            for group in &groups {
                assert!(seen.groups_in_flight.insert((*group).to_owned()), "group {group} is in flight twice");
            }
            for message in &messages {
                assert!(seen.in_flight.insert(body(message).to_owned()), "{} was delivered twice", body(message));
                seen.done.push(body(message).to_owned());
            }
        }
        // Time for others to get what they must not have yet.
        client.get_queue_attributes().queue_url(&queue).send().await.unwrap();
        // A group is free for others the moment its last message is deleted, which is before we hear of it.
        seen.lock().unwrap().groups_in_flight.retain(|group| !groups.contains(group.as_str()));
        for message in &messages {
            client.delete_message().queue_url(&queue).receipt_handle(handle(message)).send().await.unwrap();
        }
    }
}

/// `PEERS` senders, each with a group of its own where `ordered`, and as many receivers. Bodies as they came.
async fn exchange(place: &Place, queue: &str, ordered: bool) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut tasks = Vec::new();
    for peer in 0..PEERS {
        tasks.push(tokio::spawn(drain(place.client.clone(), queue.to_owned(), Arc::clone(&seen), PEERS * EACH)));
        let (client, queue) = (place.client.clone(), queue.to_owned());
        tasks.push(tokio::spawn(async move {
            for n in 0..EACH {
                let group = ordered.then(|| format!("group-{peer}"));
                let send = client.send_message().queue_url(&queue).message_body(format!("{peer}-{n}"));
                send.set_message_group_id(group).send().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    Arc::into_inner(seen).unwrap().into_inner().unwrap().done
}

async fn each_of_many_messages_goes_to_one_receiver(place: &Place) {
    let queue = place.standard().await;
    let done = exchange(place, &queue, false).await;
    let distinct: HashSet<&String> = done.iter().collect();
    assert_eq!((done.len(), distinct.len()), (PEERS * EACH, PEERS * EACH));
    assert!(place.receive(&queue, 0).await.is_empty());
}

async fn each_group_keeps_its_order_among_many_receivers(place: &Place) {
    let queue = place.fifo().await;
    let done = exchange(place, &queue, true).await;
    let mut by_group: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for body in &done {
        let (group, n) = body.split_once('-').unwrap();
        by_group.entry(group).or_default().push(n.parse().unwrap());
    }
    assert_eq!(by_group.len(), PEERS);
    for (group, order) in by_group {
        assert_eq!(order, (0..EACH).collect::<Vec<_>>(), "group {group}");
    }
}
