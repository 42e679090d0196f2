//! One job's log and how far it has been shown.

use kraken_domain::JobId;
use kraken_protocol::api::{JobView, LogLines};

use super::LinePrinter;
use crate::{
    client::{Client, api},
    failure::{Failure, Outcome},
    screen::Screen,
};

/// A job's log, shown up to some line.
#[derive(Clone, Debug)]
pub struct Source {
    /// The job.
    pub job: JobId,
    /// Its name and system, for the prefix of its lines.
    pub label: String,
    /// The first line that has not been shown; `None` before the first look.
    next: Option<u64>,
    done: bool,
}

impl Source {
    /// Nothing shown yet.
    pub fn new(job: &JobView) -> Self {
        let label = if job.system == "any" { job.name.clone() } else { format!("{} {}", job.name, job.system) };
        Self { job: job.id, label, next: None, done: false }
    }

    /// Whether all of it has been shown.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// All of it has been shown.
    pub(super) fn finish(&mut self) {
        self.done = true;
    }

    /// Shows all lines that have come since the last time. The first time it begins at line `from`, or `tail` lines before the end.
    pub(super) async fn read_on(
        &mut self,
        client: &Client,
        from: u64,
        tail: Option<u64>,
        printer: &LinePrinter,
        screen: &mut Screen,
    ) -> Outcome {
        let path = api(&["jobs", &self.job.to_string(), "log"])?;
        let mut next = match (self.next, tail) {
            (Some(next), _) => next,
            (None, None) => from,
            (None, Some(tail)) => match read(client, &path, ("tail", 1)).await? {
                Some(end) => end.total.saturating_sub(tail),
                None => return Ok(()),
            },
        };
        while let Some(page) = read(client, &path, ("from", next)).await? {
            let Some(last) = page.lines.last().map(|line| line.number) else { break };
            printer.print(self, &page.lines, screen)?;
            next = last + 1;
            // Remembered page by page: what was shown is not shown again when the next page fails.
            self.next = Some(next);
            if next >= page.total {
                break;
            }
        }
        self.next = Some(next);
        Ok(())
    }
}

/// Some lines; `None` if there is no log yet.
async fn read(client: &Client, path: &str, query: (&str, u64)) -> Outcome<Option<LogLines>> {
    let (name, value) = query;
    let mut query = vec![(name, value.to_string())];
    if name == "from" {
        query.push(("limit", "1000".to_owned()));
    }
    match client.get_with(path, &query).await {
        Ok(lines) => Ok(Some(lines)),
        Err(Failure::Problem(problem)) if problem.status == 404 => Ok(None),
        Err(failure) => Err(failure),
    }
}
