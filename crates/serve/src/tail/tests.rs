#![allow(clippy::unwrap_used)]
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;

use super::*;

fn logged(tail: &Tail, log: impl FnOnce()) {
    tracing::subscriber::with_default(tracing_subscriber::registry().with(tail.layer()), log);
}

fn lines(taken: &Taken) -> Vec<Value> {
    taken.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn what_is_logged_is_taken_once_with_the_ids_around_it() {
    let tail = Tail::new(10_000);
    logged(&tail, || {
        let span = tracing::info_span!("request", job.id = "j1");
        span.in_scope(|| tracing::warn!(agent.id = "a1", "it went wrong"));
    });
    let taken = tail.take();
    let [line] = &lines(&taken)[..] else { panic!("{taken:?}") };
    assert_eq!((&line["message"], &line["level"]), (&"it went wrong".into(), &"WARN".into()));
    assert_eq!((&line["job.id"], &line["agent.id"], taken.dropped), (&"j1".into(), &"a1".into(), 0));
    assert!(tail.is_empty());
}

#[test]
fn what_finds_no_room_is_counted_and_the_room_comes_back() {
    let tail = Tail::new(400);
    logged(&tail, || {
        for number in 0..50 {
            tracing::info!(number, "a line");
        }
    });
    let taken = tail.take();
    let kept = lines(&taken).len() as u64;
    assert!(kept > 0 && taken.lines.len() <= 400);
    assert_eq!(kept + taken.dropped, 50);
    logged(&tail, || tracing::info!("after"));
    assert_eq!(lines(&tail.take()).len(), 1);
}

#[test]
fn whoever_brings_the_lines_is_not_heard() {
    let tail = Tail::new(400);
    logged(&tail, || tracing::warn!(target: QUIET, "the lines could not be brought"));
    assert!(tail.is_empty());
}

#[tokio::test]
async fn waiting_ends_with_the_first_line() {
    let tail = Tail::new(400);
    let waiting = tokio::spawn({
        let tail = tail.clone();
        async move { tail.filled().await }
    });
    logged(&tail, || tracing::info!("here"));
    waiting.await.unwrap();
}
