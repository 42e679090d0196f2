//! Faults of a real node.

use std::time::Duration;

use kraken_opensearch::Node;
use kraken_search::{Access, Batch, Entry, LogSearch, OpenSearch, OpenSearchConfig, Query, SearchError, Source};
use serde_json::json;

use super::template::ask;
use crate::place::{all, at, batch, config, entry, oldest, refresh};

const DAY: i64 = 24 * 60 * 60;

fn with_step(second: i64, step: &str) -> Entry {
    let source = Source { service: "job".into(), step: Some(step.into()), ..Source::default() };
    Entry { source: source.into(), ..entry(second, step) }
}

#[tokio::test]
async fn entries_that_cannot_be_kept_are_named_and_keep_no_other_out() {
    let config = config(Node::shared());
    let logs = OpenSearch::new(&config).unwrap();
    logs.append(batch([entry(-DAY, "installs the template")])).await.unwrap();
    // Somebody made the day's index, with another idea of a field.
    let index = format!("{}-2025.10.10", config.prefix);
    let mapping = json!({ "mappings": { "properties": { "step": { "type": "integer" } } } });
    ask(reqwest::Method::PUT, &index, Some(mapping)).await;

    let steps = (0..30).map(|number| with_step(number, if number % 10 == 3 { "compile" } else { "7" }));
    let steps = Batch { first: 100, ..batch(steps) };
    for _ in 0..2 {
        let refused = logs.append(steps.clone()).await.unwrap_err();
        let SearchError::Refused { refused, of } = &refused else { panic!("{refused:?}") };
        assert_eq!(refused.iter().map(|refusal| refusal.number).collect::<Vec<_>>(), [103, 113, 123]);
        assert_eq!(*of, 30);
        assert!(refused[0].reason.contains("failed to parse field [step]"), "{refused:?}");
    }
    refresh(Node::shared(), &config.prefix).await;
    assert_eq!(all(&logs, Query { since: Some(at(0)), ..oldest() }).await, vec!["7"; 27]);
}

#[tokio::test]
async fn a_blocked_index_keeps_no_other_out_and_gets_its_entries_when_it_is_free() {
    let config = config(Node::shared());
    let logs = OpenSearch::new(&config).unwrap();
    logs.append(batch([entry(0, "before")])).await.unwrap();
    let settings = format!("{}-2025.10.10/_settings", config.prefix);
    ask(reqwest::Method::PUT, &settings, Some(json!({ "index.blocks.write": true }))).await;
    let both = batch([entry(1, "to the blocked day"), entry(-DAY, "to the day before")]);
    let error = logs.append(both.clone()).await.unwrap_err();
    assert!(matches!(&error, SearchError::Setup(text) if text.contains("2025.10.10") && text.contains("blocked")), "{error:?}");
    assert!(error.may_pass());
    refresh(Node::shared(), &config.prefix).await;
    assert_eq!(all(&logs, oldest()).await, ["to the day before", "before"]);

    ask(reqwest::Method::PUT, &settings, Some(json!({ "index.blocks.write": false }))).await;
    logs.append(both).await.unwrap();
    refresh(Node::shared(), &config.prefix).await;
    assert_eq!(all(&logs, oldest()).await, ["to the day before", "before", "to the blocked day"]);
}

#[tokio::test]
async fn what_is_refused_for_now_is_tried_again_alone_and_no_longer_than_it_should() {
    let config = OpenSearchConfig { patience: Duration::from_secs(60), ..config(Node::shared()) };
    let impatient = OpenSearch::new(&OpenSearchConfig { patience: Duration::from_millis(300), ..config.clone() }).unwrap();
    let logs = OpenSearch::new(&config).unwrap();
    logs.append(batch([entry(0, "before")])).await.unwrap();
    // What a node does when its disk is nearly full.
    let settings = format!("{}-2025.10.10/_settings", config.prefix);
    ask(reqwest::Method::PUT, &settings, Some(json!({ "index.blocks.read_only_allow_delete": true }))).await;
    let both = batch([entry(1, "to the full day"), entry(-DAY, "to the day before")]);
    let error = impatient.append(both.clone()).await.unwrap_err();
    assert!(matches!(&error, SearchError::Unavailable(text) if text.contains("1 entries") && text.contains("429")), "{error:?}");

    let append = tokio::spawn(async move { logs.append(both).await });
    ask(reqwest::Method::PUT, &settings, Some(json!({ "index.blocks.read_only_allow_delete": null }))).await;
    append.await.unwrap().unwrap();
    refresh(Node::shared(), &config.prefix).await;
    assert_eq!(all(&impatient, oldest()).await, ["to the day before", "before", "to the full day"]);
}

#[tokio::test]
async fn large_batches_go_in_several_requests() {
    let config = config(Node::shared());
    let logs = OpenSearch::new(&config).unwrap();
    // Each of these control characters takes six bytes on its way: one entry is more than a request should be.
    let heavy = "\u{1}".repeat(1_200_000);
    let entries =
        (0..14).map(|number| entry(number, if number == 5 { format!("5 {heavy}") } else { format!("{number} {}", "z".repeat(900_000)) }));
    logs.append(batch(entries)).await.unwrap();
    refresh(Node::shared(), &config.prefix).await;
    let found = all(&logs, oldest()).await;
    let numbers: Vec<i64> = found.iter().map(|text| text.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, (0..14).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_loses_nothing_and_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("node");
    let start = |port| {
        let data = data.clone();
        tokio::task::spawn_blocking(move || Node::start(&data, port).unwrap())
    };
    let node = start(0).await.unwrap();
    let (url, port) = (node.url(), node.port());
    let config = OpenSearchConfig { prefix: "kraken-logs".into(), ..config(&url) };
    let logs = OpenSearch::new(&config).unwrap();
    logs.append(batch((0..50).map(|number| entry(number, format!("acknowledged {number}"))))).await.unwrap();
    node.kill().unwrap();

    let later = batch((50..60).map(|number| entry(number, format!("acknowledged {number}"))));
    for _ in 0..2 {
        let error = logs.append(later.clone()).await.unwrap_err();
        assert!(matches!(error, SearchError::Unavailable(_)), "{error:?}");
    }
    assert!(matches!(logs.search(Query::default()).await, Err(SearchError::Unavailable(_))));
    assert!(matches!(logs.drop_before(at(0)).await, Err(SearchError::Unavailable(_))));

    let _node = start(port).await.unwrap();
    logs.append(later).await.unwrap();
    refresh(&url, &config.prefix).await;
    let expected: Vec<_> = (0..60).map(|number| format!("acknowledged {number}")).collect();
    assert_eq!(all(&logs, oldest()).await, expected);
}

#[tokio::test]
async fn what_is_no_opensearch_is_said_so() {
    // A port that refuses, and one that answers something else.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let nobody = OpenSearch::new(&OpenSearchConfig::new(format!("http://{address}"), Access::Open)).unwrap();
    assert!(matches!(nobody.append(batch([entry(0, "x")])).await, Err(SearchError::Unavailable(_))));
    let elsewhere = OpenSearch::new(&OpenSearchConfig::new(format!("{}/no/such/path", Node::shared()), Access::Open)).unwrap();
    let error = elsewhere.append(batch([entry(0, "x")])).await.unwrap_err();
    assert!(matches!(&error, SearchError::Setup(_)) && error.may_pass(), "{error:?}");
}
