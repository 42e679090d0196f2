//! Prints what the log store takes in per second, what that costs on disk and in memory, and how long searches take.
//!
//! `cargo run --release -p kraken-engines --example logs_throughput -- [MILLIONS OF LINES] [DIRECTORY]`
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use kraken_engines::clock;
use kraken_engines::logs::{Batch, Entry, Level, Logs, Order, Query, Source, Text};

const BATCH: usize = 5000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let scratch = tempfile::tempdir().unwrap();
    let millions: f64 = std::env::args().nth(1).map_or(1.0, |millions| millions.parse().unwrap());
    let directory = std::env::args_os().nth(2).map_or_else(|| scratch.path().to_owned(), PathBuf::from);
    let lines = (millions * 1e6) as usize;
    let logs = Logs::open(&directory, clock::system()).unwrap();

    let begin = Timestamp::from_second(1_750_000_000).unwrap();
    let (batches, mut ready) = tokio::sync::mpsc::channel(2);
    // Made beside the measured work, two batches ahead; what it takes is part of the load all the same.
    std::thread::spawn(move || {
        for first in (0..lines).step_by(BATCH) {
            let batch = batch(begin, first, BATCH.min(lines - first));
            if batches.blocking_send(batch).is_err() {
                return;
            }
        }
    });
    let started = Instant::now();
    while let Some(batch) = ready.recv().await {
        logs.append(batch).await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{lines} lines in, {:.0} lines/s, each batch of {BATCH} on disk before the next", lines as f64 / seconds);
    let bytes: u64 = std::fs::read_dir(&directory).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    println!("{:.1} MB on disk", bytes as f64 / 1e6);
    memory();

    let rare = format!("needle{}", lines / 3);
    for round in ["first", "again"] {
        time(&logs, &format!("rare word, {round}"), text(&rare)).await;
    }
    time(&logs, "word that is nowhere", text("haystackless")).await;
    time(&logs, "part of a word, all of it read", text("\"eedleless\"")).await;
    time(&logs, "newest 100", Query::default()).await;
    time(&logs, "oldest 100", Query { order: Order::OldestFirst, ..Query::default() }).await;
    time(&logs, "frequent word, newest 100", text("compiling")).await;
    time(&logs, "one job, oldest 100", Query { job: Some("job-7".into()), order: Order::OldestFirst, ..Query::default() }).await;
    time(&logs, "errors, newest 100", Query { level: Some(Level::Error), ..Query::default() }).await;
    memory();
    let started = Instant::now();
    drop(Logs::open(&directory, clock::system()).unwrap());
    println!("{:<36}{:>10.1} ms", "open", started.elapsed().as_secs_f64() * 1000.0);
}

async fn time(logs: &Logs, what: &str, query: Query) {
    let started = Instant::now();
    let page = logs.search(query).await.unwrap();
    println!("{what:<36}{:>10.1} ms, {} found", started.elapsed().as_secs_f64() * 1000.0, page.entries.len());
}

fn text(typed: &str) -> Query {
    Query { text: Text::parse(typed), ..Query::default() }
}

fn memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
}

/// Lines of about a hundred bytes, as a build prints them: words of a small vocabulary, and numbers that never recur.
fn batch(begin: Timestamp, first: usize, count: usize) -> Batch {
    const WORDS: [&str; 16] = [
        "compiling",
        "linking",
        "checking",
        "crate",
        "module",
        "warning:",
        "unused",
        "variable",
        "in",
        "function",
        "at",
        "src/lib.rs",
        "finished",
        "test",
        "ok",
        "running",
    ];
    let job = first / 50_000;
    let source = Arc::new(Source {
        service: "agent".into(),
        flow: Some(format!("flow-{}", job / 10)),
        run: Some(format!("run-{}", job / 5)),
        job: Some(format!("job-{job}")),
        step: Some("1".into()),
        agent: Some(format!("agent-{}", job % 4)),
        ..Source::default()
    });
    let line = |number: usize| {
        let mut state = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
        let mut random = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) as usize
        };
        let mut text = format!("[{number:>9}] ");
        for _ in 0..9 {
            text.push_str(WORDS[random() % WORDS.len()]);
            text.push(' ');
        }
        text.push_str(&format!("{:08x} needle{number}", random()));
        let level = if number.is_multiple_of(1000) { Level::Error } else { Level::Info };
        let time = begin + SignedDuration::from_micros(number as i64 * 100);
        Entry { time, level, source: Arc::clone(&source), text }
    };
    let entries = (first..first + count).map(line).collect();
    // A log object for each batch, as agents store them.
    Batch { origin: format!("logs/job-{job}/{first}"), received: begin, first: 0, entries }
}
