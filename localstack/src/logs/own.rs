//! What this process says: taken from its log as it is written, brought into the search every second.

use std::{sync::Arc, time::Duration};

use kraken_control::Clock;
use kraken_domain::Timestamp;
use kraken_fn_indexer::line::{self, Writer};
use kraken_search::{Batch, Entry, Level, LogSearch, Source};
use kraken_serve::{CancellationToken, QUIET, Tail, Taken};

/// Lines that come together are brought together.
const GATHER: Duration = Duration::from_secs(1);

/// Brings what `tail` takes in, until `stop`, and then the rest. `process` is the name of this start of the process, told from all others.
pub(super) async fn bring(tail: Tail, search: Arc<dyn LogSearch>, clock: Clock, process: String, stop: CancellationToken) {
    let mut next = 0;
    loop {
        let stopped = tokio::select! {
            () = stop.cancelled() => true,
            () = async {
                tail.filled().await;
                tokio::time::sleep(GATHER).await;
            } => false,
        };
        let now = clock.now();
        let entries = entries(&tail.take(), now);
        let count = entries.len() as u64;
        if count > 0 {
            let batch = Batch { origin: format!("process/{process}"), received: now, first: next, entries };
            next += count;
            // They are on the standard error as well; keeping them for later would only let more of them gather.
            if let Err(error) = search.append(batch).await {
                tracing::warn!(target: QUIET, %error, lines = count, "some lines of this process's log cannot be searched");
            }
        }
        if stopped {
            return;
        }
    }
}

fn entries(taken: &Taken, now: Timestamp) -> Vec<Entry> {
    let lines = taken.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut entries: Vec<Entry> = lines.map(|line| line::entry(line, &Writer::default(), now)).collect();
    if taken.dropped > 0 {
        let source = Source { service: "server".to_owned(), ..Source::default() };
        let text = format!("{} lines of this process's log found no room and cannot be searched", taken.dropped);
        entries.push(Entry { time: now, level: Level::Warn, source: Arc::new(source), text });
    }
    entries
}

#[cfg(test)]
mod tests;
