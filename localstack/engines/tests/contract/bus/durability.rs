//! Events stay until they are acknowledged, across restarts and sudden death, for a day.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use kraken_engines::bus::{Bus, Event, Pattern};
use kraken_engines::clock::{self, Now};

use super::{listen, next, open, put};
use crate::killed;

/// Subscribes, and takes events without ever acknowledging one.
async fn never_acknowledge(bus: &Bus, name: &str) {
    let subscription = bus.subscribe(name, Pattern::all(), |_: Event| std::future::pending::<Result<(), String>>()).await.unwrap();
    subscription.stop().await;
}

#[tokio::test]
async fn events_wait_for_a_subscriber_that_is_away() {
    let directory = tempfile::tempdir().unwrap();
    let bus = open(&directory, clock::system());
    never_acknowledge(&bus, "away").await;
    let (subscription, mut here) = listen(&bus, "here", "{}").await;
    let id = put(&bus.client(), "run.completed").await;
    assert_eq!(next(&mut here).await.id, id);
    subscription.stop().await;
    drop(bus);

    let bus = open(&directory, clock::system());
    let later = put(&bus.client(), "run.started").await;
    let (_away, mut away) = listen(&bus, "away", "{}").await;
    assert_eq!([next(&mut away).await.id, next(&mut away).await.id], [id, later.clone()]);
    let (_here, mut here) = listen(&bus, "here", "{}").await;
    assert_eq!(next(&mut here).await.id, later);
}

#[tokio::test]
async fn a_subscriber_that_left_for_good_gets_nothing_kept() {
    let directory = tempfile::tempdir().unwrap();
    let bus = open(&directory, clock::system());
    never_acknowledge(&bus, "gone").await;
    put(&bus.client(), "before").await;
    bus.unsubscribe("gone").await.unwrap();
    put(&bus.client(), "between").await;
    let (_subscription, mut events) = listen(&bus, "gone", "{}").await;
    put(&bus.client(), "after").await;
    assert_eq!(next(&mut events).await.detail_type, "after");
}

#[tokio::test]
async fn an_event_is_given_up_after_a_day() {
    let directory = tempfile::tempdir().unwrap();
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let now: Now = {
        let seconds = Arc::clone(&seconds);
        Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap())
    };
    let bus = open(&directory, now);
    never_acknowledge(&bus, "away").await;
    put(&bus.client(), "old").await;
    seconds.fetch_add(86_400, Ordering::SeqCst);
    put(&bus.client(), "young").await;
    let (_away, mut away) = listen(&bus, "away", "{}").await;
    assert_eq!(next(&mut away).await.detail_type, "young");
}

#[tokio::test]
async fn a_killed_process_leaves_the_events_it_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let said: BTreeSet<String> =
        killed::run_and_kill("bus::durability::puts_until_it_is_killed", directory.path(), 200).into_iter().collect();
    let bus = open(&directory, clock::system());
    let (_subscription, mut events) = listen(&bus, "away", "{}").await;
    let mut missing = said;
    while !missing.is_empty() {
        missing.remove(&next(&mut events).await.id);
    }
}

/// The child of the story above.
#[tokio::test]
#[ignore = "run and killed by a_killed_process_leaves_the_events_it_accepted"]
async fn puts_until_it_is_killed() {
    let bus = Bus::open(&killed::directory(), clock::system()).unwrap();
    never_acknowledge(&bus, "away").await;
    loop {
        killed::acknowledge(put(&bus.client(), "run.completed").await);
    }
}
