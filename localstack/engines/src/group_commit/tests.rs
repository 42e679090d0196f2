#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;

const FORMATS: &[&str] = &["CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT"];

struct Numbers {
    connection: Connection,
    commits: Arc<AtomicUsize>,
    fail_next: bool,
}

#[derive(Debug, PartialEq)]
enum Refusal {
    Odd,
    Sqlite,
    Unavailable,
}

impl From<rusqlite::Error> for Refusal {
    fn from(_: rusqlite::Error) -> Self {
        Self::Sqlite
    }
}

impl From<Unavailable> for Refusal {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl Ledger for Numbers {
    fn connection(&self) -> &Connection {
        &self.connection
    }
    fn settle(&mut self) -> rusqlite::Result<()> {
        if std::mem::take(&mut self.fail_next) { Err(rusqlite::Error::InvalidQuery) } else { Ok(()) }
    }
    fn finished(&mut self, _: bool) {
        self.commits.fetch_add(1, Ordering::SeqCst);
    }
    fn wake_at(&self) -> Option<Instant> {
        None
    }
}

fn start(dir: &std::path::Path) -> (Writer<Numbers>, Arc<AtomicUsize>) {
    let commits = Arc::new(AtomicUsize::new(0));
    let numbers = Numbers { connection: open(dir, "n.sqlite3", FORMATS).unwrap(), commits: Arc::clone(&commits), fail_next: false };
    (Writer::spawn("numbers", numbers).unwrap(), commits)
}

fn insert(numbers: &Numbers, n: i64) -> Result<(), Refusal> {
    numbers.connection.execute("INSERT INTO numbers VALUES (?1)", [n])?;
    if n % 2 == 1 { Err(Refusal::Odd) } else { Ok(()) }
}

async fn all(writer: &Writer<Numbers>) -> Vec<i64> {
    let read = |numbers: &mut Numbers| -> Result<Vec<i64>, Refusal> {
        let mut select = numbers.connection.prepare("SELECT n FROM numbers ORDER BY n")?;
        Ok(select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    writer.run(read).await.unwrap()
}

#[tokio::test]
async fn requests_that_wait_share_a_transaction_and_a_failing_one_leaves_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, commits) = start(dir.path());
    // Holds the thread until all the others have arrived.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (holding, holds) = oneshot::channel();
    let hold = move |_: &mut Numbers| {
        holding.send(()).unwrap();
        held.recv().unwrap();
    };
    writer.note(hold).await.unwrap();
    holds.await.unwrap();
    let mut requests = Vec::new();
    for n in 0..20 {
        let writer = writer.clone();
        requests.push(Box::pin(async move { writer.run(move |numbers| insert(numbers, n)).await }));
    }
    for request in &mut requests {
        assert!(futures::poll!(request).is_pending());
    }
    release.send(()).unwrap();
    for (n, request) in requests.into_iter().enumerate() {
        assert_eq!(request.await, if n % 2 == 1 { Err(Refusal::Odd) } else { Ok(()) });
    }
    assert_eq!(commits.load(Ordering::SeqCst), 2);
    assert_eq!(all(&writer).await, (0..20).step_by(2).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_could_not_be_committed_is_refused_and_undone() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, _) = start(dir.path());
    let refused = writer
        .run(|numbers| {
            numbers.fail_next = true;
            insert(numbers, 2)
        })
        .await;
    assert_eq!(refused, Err(Refusal::Unavailable));
    writer.run(|numbers| insert(numbers, 4)).await.unwrap();
    assert_eq!(all(&writer).await, [4]);
}

#[tokio::test]
async fn the_database_can_be_opened_again_when_the_last_writer_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, _) = start(dir.path());
    writer.run(|numbers| insert(numbers, 2)).await.unwrap();
    drop(writer);
    let (writer, _) = start(dir.path());
    assert_eq!(all(&writer).await, [2]);
}

#[test]
fn a_database_in_use_or_of_a_newer_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path(), "n.sqlite3", FORMATS).unwrap();
    let second = Connection::open(dir.path().join("n.sqlite3")).unwrap();
    second.busy_timeout(Duration::ZERO).unwrap();
    assert!(second.query_row("SELECT count(*) FROM numbers", [], |row| row.get::<_, i64>(0)).is_err());
    drop(second);
    drop(first);
    let refusal = open(dir.path(), "n.sqlite3", &[]).unwrap_err();
    assert!(matches!(refusal, DatabaseError::Newer { found: 1, known: 0, .. }), "{refusal}");
}
