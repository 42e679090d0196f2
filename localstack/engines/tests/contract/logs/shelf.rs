//! A log store of its own for each story, and short ways to say what goes in and what comes out.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use kraken_engines::clock;
use kraken_engines::logs::{Batch, Entry, Level, Logs, Query, Source, Text};
use tempfile::TempDir;

pub(crate) struct Shelf {
    pub(crate) logs: Logs,
    pub(crate) directory: TempDir,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { logs: open(directory.path()), directory }
    }

    pub(crate) async fn append(&self, entries: impl IntoIterator<Item = Entry>) {
        self.logs.append(batch(entries)).await.unwrap();
    }

    /// The texts of all entries that fit, page by page.
    pub(crate) async fn all(&self, query: Query) -> Vec<String> {
        all(&self.logs, query).await
    }
}

pub(crate) fn open(directory: &Path) -> Logs {
    Logs::open(directory, clock::system()).unwrap()
}

pub(crate) async fn all(logs: &Logs, mut query: Query) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = logs.search(query.clone()).await.unwrap();
        found.extend(page.entries.into_iter().map(|entry| entry.text));
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            return found;
        }
    }
}

/// Entries of an origin of their own.
pub(crate) fn batch(entries: impl IntoIterator<Item = Entry>) -> Batch {
    static ORIGINS: AtomicU64 = AtomicU64::new(0);
    let origin = format!("{}-{}", std::process::id(), ORIGINS.fetch_add(1, Ordering::Relaxed));
    Batch { origin, received: at(0), first: 0, entries: entries.into_iter().collect() }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn of_job(job: &str) -> Arc<Source> {
    Arc::new(Source { service: "agent".into(), job: Some(job.into()), ..Source::default() })
}

pub(crate) fn entry(second: i64, text: impl Into<String>) -> Entry {
    Entry { time: at(second), level: Level::Info, source: of_job("1"), text: text.into() }
}

pub(crate) fn text(typed: &str) -> Query {
    Query { text: Text::parse(typed), ..Query::default() }
}

/// More than a segment holds: enough for what came before to be sealed.
pub(crate) fn filler() -> impl Iterator<Item = Entry> {
    (0..9).map(|_| entry(0, "filler ".repeat(150_000)))
}

/// The names of the files with this ending.
pub(crate) fn files(directory: &Path, ending: &str) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(ending)).collect()
}

/// Waits until a segment has been written, and no more than a minute.
pub(crate) async fn sealed(directory: &Path, segments: usize) {
    for _ in 0..6000 {
        if files(directory, ".segment").len() >= segments && files(directory, ".journal").len() == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no {segments} segments after a minute: {:?}", files(directory, ""));
}
