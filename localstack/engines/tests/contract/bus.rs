//! The event bus: what Kraken relies on, asked through the SDK in process.

mod durability;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use kraken_engines::bus::{Bus, Event, Pattern, Subscription};
use kraken_engines::clock::{self, Now};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

fn entry(detail_type: &str, detail: &str) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder().source("kraken").detail_type(detail_type).detail(detail).build()
}

async fn put(client: &Client, detail_type: &str) -> String {
    let reply = client.put_events().entries(entry(detail_type, "{}")).send().await.unwrap();
    assert_eq!(reply.failed_entry_count, 0);
    reply.entries()[0].event_id.clone().unwrap()
}

/// A subscriber that acknowledges everything at once; what it heard.
async fn listen(bus: &Bus, name: &str, pattern: &str) -> (Subscription, UnboundedReceiver<Event>) {
    let (heard, events) = unbounded_channel();
    let handler = move |event: Event| {
        let said = heard.send(event);
        async move { said.map_err(|_| "nobody listens") }
    };
    (bus.subscribe(name, Pattern::parse(pattern).unwrap(), handler).await.unwrap(), events)
}

async fn next(events: &mut UnboundedReceiver<Event>) -> Event {
    tokio::time::timeout(Duration::from_secs(15), events.recv()).await.expect("no event came").unwrap()
}

fn open(directory: &tempfile::TempDir, now: Now) -> Bus {
    Bus::open(directory.path(), now).unwrap()
}

#[tokio::test]
async fn events_reach_those_who_want_them() {
    let directory = tempfile::tempdir().unwrap();
    let bus = open(&directory, clock::system());
    let (_all, mut all) = listen(&bus, "all", "{}").await;
    let (_runs, mut runs) = listen(&bus, "runs", r#"{"source": ["kraken"], "detail-type": [{"prefix": "run."}]}"#).await;
    let client = bus.client();
    let (job, run) = (put(&client, "job.assigned").await, put(&client, "run.completed").await);
    assert_eq!([next(&mut all).await.id, next(&mut all).await.id], [job, run.clone()]);
    let event = next(&mut runs).await;
    assert_eq!((event.id, event.detail_type.as_str(), event.source.as_str()), (run, "run.completed", "kraken"));
    assert!(runs.try_recv().is_err());
}

#[tokio::test]
async fn the_envelope_is_that_of_eventbridge() {
    let directory = tempfile::tempdir().unwrap();
    let bus = open(&directory, clock::system());
    let (_subscription, mut events) = listen(&bus, "all", "{}").await;
    let sent = PutEventsRequestEntry::builder().source("kraken").detail_type("run.completed").detail(r#"{"run":{"id":7}}"#);
    let sent = sent.resources("arn:x").time(DateTime::from_secs(1_800_000_000)).event_bus_name("kraken").build();
    let reply = bus.client().put_events().entries(sent).send().await.unwrap();
    let event = serde_json::to_value(next(&mut events).await).unwrap();
    let expected = serde_json::json!({
        "version": "0",
        "id": reply.entries()[0].event_id().unwrap(),
        "detail-type": "run.completed",
        "source": "kraken",
        "account": "000000000000",
        "time": "2027-01-15T08:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:x"],
        "detail": {"run": {"id": 7}},
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_bad_entry_leaves_the_others_alone() {
    let directory = tempfile::tempdir().unwrap();
    let bus = open(&directory, clock::system());
    let (_subscription, mut events) = listen(&bus, "all", "{}").await;
    let put = bus.client().put_events().entries(entry("a", "{}")).entries(entry("b", "no json")).entries(entry("c", "[]"));
    let put = put.entries(PutEventsRequestEntry::builder().source("kraken").detail("{}").build()).entries(entry("e", "{}"));
    let reply = put.send().await.unwrap();
    assert_eq!(reply.failed_entry_count, 3);
    let codes: Vec<Option<&str>> = reply.entries().iter().map(|entry| entry.error_code()).collect();
    assert_eq!(codes, [None, Some("MalformedDetail"), Some("MalformedDetail"), Some("InvalidArgument"), None]);
    assert_eq!([next(&mut events).await.detail_type, next(&mut events).await.detail_type], ["a", "e"]);
}

#[tokio::test]
async fn limits_of_a_request_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    let client = open(&directory, clock::system()).client();
    let eleven = (0..11).map(|_| entry("a", "{}")).collect();
    let refusal = client.put_events().set_entries(Some(eleven)).send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("ValidationException"));
    let refusal = client.put_events().set_entries(Some(vec![])).send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("ValidationException"));
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(600_000));
    let refusal = client.put_events().entries(entry("a", &large)).entries(entry("b", &large)).send().await.unwrap_err();
    assert_eq!(refusal.into_service_error().code(), Some("ValidationException"));
}

#[tokio::test]
async fn an_event_that_was_not_handled_comes_again_and_does_not_hold_up_others() {
    let directory = tempfile::tempdir().unwrap();
    let bus = open(&directory, clock::system());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (done, mut all_done) = unbounded_channel();
    let handler = {
        let heard = Arc::clone(&heard);
        move |event: Event| {
            let mut heard = heard.lock().unwrap();
            let first = !heard.contains(&event.detail_type);
            heard.push(event.detail_type.clone());
            let outcome = if first && event.detail_type == "bad" { Err("not today") } else { Ok(()) };
            if heard.len() == 3 {
                done.send(()).unwrap();
            }
            async move { outcome }
        }
    };
    let _subscription = bus.subscribe("moody", Pattern::all(), handler).await.unwrap();
    put(&bus.client(), "bad").await;
    put(&bus.client(), "good").await;
    tokio::time::timeout(Duration::from_secs(15), all_done.recv()).await.expect("it did not come again").unwrap();
    assert_eq!(*heard.lock().unwrap(), ["bad", "good", "bad"]);
}

#[tokio::test]
async fn unknown_operations_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let refusal = open(&directory, clock::system()).client().list_event_buses().send().await.unwrap_err().into_service_error();
    assert_eq!(refusal.code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn a_rule_puts_what_it_wants_into_its_queue_also_what_came_while_nobody_was_there() {
    use kraken_engines::bus::QueueTarget;
    let (events, queues) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bus = open(&events, clock::system());
    let sqs = kraken_engines::sqs::Sqs::open(queues.path(), clock::system()).unwrap().client();
    let queue_url = sqs.create_queue().queue_name("target").send().await.unwrap().queue_url.unwrap();
    let target = QueueTarget { client: sqs.clone(), queue_url: queue_url.clone() };
    let pattern = || Pattern::parse(r#"{"detail-type": [{"prefix": "run."}]}"#).unwrap();
    bus.forward("rule", pattern(), target.clone()).await.unwrap().stop().await;
    let client = bus.client();
    let mut put_ids = Vec::new();
    for at in 0..25 {
        put(&client, "job.completed").await;
        put_ids.push(put(&client, &format!("run.number{at}")).await);
    }
    let _rule = bus.forward("rule", pattern(), target).await.unwrap();
    let mut got = Vec::new();
    while got.len() < put_ids.len() {
        let call = sqs.receive_message().queue_url(&queue_url).max_number_of_messages(10).wait_time_seconds(20);
        let messages = tokio::time::timeout(Duration::from_secs(30), call.send()).await.unwrap().unwrap().messages.unwrap_or_default();
        assert!(!messages.is_empty(), "only {} of {} came", got.len(), put_ids.len());
        for message in messages {
            let event: Event = serde_json::from_str(&message.body.unwrap()).unwrap();
            got.push(event.id);
            sqs.delete_message().queue_url(&queue_url).receipt_handle(message.receipt_handle.unwrap()).send().await.unwrap();
        }
    }
    assert_eq!(got, put_ids);
}
