//! A place for logs of its own for each story, and short ways to say what goes in and what comes out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kraken_engines::clock;
use kraken_engines::logs::Logs;
use kraken_opensearch::Node;
use kraken_search::{Access, Batch, Entry, Level, LogSearch, OpenSearch, OpenSearchConfig, Order, Query, Source, Text};
use tempfile::TempDir;

pub(crate) struct Place {
    pub(crate) logs: Arc<dyn LogSearch>,
    kind: Kind,
}

enum Kind {
    Segments { _directory: TempDir },
    OpenSearch { prefix: String },
}

impl Place {
    pub(crate) fn segments() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let logs = Arc::new(Logs::open(directory.path(), clock::system()).unwrap());
        Self { logs, kind: Kind::Segments { _directory: directory } }
    }

    pub(crate) fn opensearch() -> Self {
        let config = config(Node::shared());
        let prefix = config.prefix.clone();
        Self { logs: Arc::new(OpenSearch::new(&config).unwrap()), kind: Kind::OpenSearch { prefix } }
    }

    /// Whether whole days are forgotten only.
    pub(crate) fn forgets_by_day(&self) -> bool {
        matches!(self.kind, Kind::OpenSearch { .. })
    }

    pub(crate) async fn append(&self, batch: Batch) {
        self.logs.append(batch).await.unwrap();
        self.settle().await;
    }

    /// Returns when searches find what was appended.
    pub(crate) async fn settle(&self) {
        if let Kind::OpenSearch { prefix } = &self.kind {
            refresh(Node::shared(), prefix).await;
        }
    }

    /// The texts of all entries that fit, page by page.
    pub(crate) async fn all(&self, query: Query) -> Vec<String> {
        all(&*self.logs, query).await
    }
}

/// A node's configuration with a prefix that no other test has, and little patience.
pub(crate) fn config(url: &str) -> OpenSearchConfig {
    static TESTS: AtomicU64 = AtomicU64::new(0);
    // A node that stays may have seen earlier processes with this number.
    let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let prefix = format!("t{}x{started}x{}", std::process::id(), TESTS.fetch_add(1, Ordering::Relaxed));
    OpenSearchConfig { prefix, patience: Duration::from_millis(800), ..OpenSearchConfig::new(url, Access::Open) }
}

pub(crate) async fn refresh(url: &str, prefix: &str) {
    let answer = reqwest::Client::new().post(format!("{url}/{prefix}-*/_refresh")).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

pub(crate) async fn all(logs: &dyn LogSearch, mut query: Query) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..1000 {
        let page = logs.search(query.clone()).await.unwrap();
        assert!(page.entries.len() <= query.limit);
        found.extend(page.entries.into_iter().map(|entry| entry.text));
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            return found;
        }
    }
    panic!("a thousand pages, and no end: {query:?}");
}

pub(crate) fn at(second: i64) -> Timestamp {
    // Some day's midnight, not in 1970, and so that a thousand seconds are of one day.
    Timestamp::from_second(1_760_054_400 + second).unwrap()
}

pub(crate) fn of_job(job: &str) -> Arc<Source> {
    Arc::new(Source { service: "job".into(), job: Some(job.into()), ..Source::default() })
}

pub(crate) fn entry(second: i64, text: impl Into<String>) -> Entry {
    Entry { time: at(second), level: Level::Info, source: of_job("1"), text: text.into() }
}

/// Entries of an origin of their own. Origins sort as they were made.
pub(crate) fn batch(entries: impl IntoIterator<Item = Entry>) -> Batch {
    static ORIGINS: AtomicU64 = AtomicU64::new(0);
    let origin = format!("origin-{:06}", ORIGINS.fetch_add(1, Ordering::Relaxed));
    Batch { origin, received: at(0), first: 0, entries: entries.into_iter().collect() }
}

pub(crate) fn text(typed: &str) -> Query {
    Query { text: Text::parse(typed), ..Query::default() }
}

pub(crate) fn oldest() -> Query {
    Query { order: Order::OldestFirst, ..Query::default() }
}
