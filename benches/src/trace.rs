//! Where the time of rows 1 and 2 goes: what server and agent say in their logs about one job, put in order.
//!
//! Jobs come one at a time, so what is said between the call and the end belongs to that job.

use std::{fmt, fs, path::Path, time::Duration};

use anyhow::{Context, Result};

use crate::{
    moment::Moment,
    rows::{Sample, idle_branch, trigger},
    statistics::Samples,
    system::{Setup, System},
};

const SAMPLES: usize = 200;
const WARM_UP: usize = 5;

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Log {
    Server,
    Agent,
}

/// A point on the way, and how to find it.
struct Point {
    what: &'static str,
    log: Log,
    /// Words that the line has.
    said: &'static [&'static str],
    /// The line comes at the end of something; the point is its beginning.
    at_begin: bool,
}

const fn point(what: &'static str, log: Log, said: &'static [&'static str]) -> Point {
    Point { what, log, said, at_begin: false }
}

const ANSWERED: &str = "answered a request";

/// Up to the job's first command, in the order in which they come.
const BEFORE: &[Point] = &[
    Point { at_begin: true, ..point("the trigger call reaches the API", Log::Server, &[ANSWERED, "/flows", "http.status=201"]) },
    point("flow, run and job are committed", Log::Server, &["a flow began"]),
    point("the scheduler is woken", Log::Server, &["looking for jobs to give out"]),
    point("the job is given to the agent, committed", Log::Server, &["gave a job to an agent"]),
    point("the agent hears of it", Log::Agent, &["there is news"]),
    Point { at_begin: true, ..point("its claim reaches the API", Log::Server, &[ANSWERED, "/api/agent/claim"]) },
    point("the claim is committed", Log::Server, &["a job was claimed"]),
    point("the claim is answered", Log::Server, &[ANSWERED, "/api/agent/claim"]),
    point("the agent has its job", Log::Agent, &["job begins"]),
    point("the crash marker is on disk", Log::Agent, &["the job is held"]),
    point("the step is sent to the supervisor", Log::Agent, &["a step begins"]),
];
const COMMAND: &str = "the job's first command runs";
/// After it.
const AFTER: &[Point] = &[
    point("the agent hears that the step is over", Log::Agent, &["a step is over"]),
    point("nothing of the job runs any more", Log::Agent, &["nothing of the job runs any more"]),
    point("the log is stored", Log::Agent, &["all of the job is stored"]),
    Point { at_begin: true, ..point("the end reaches the API", Log::Server, &[ANSWERED, "/api/agent/finish"]) },
    point("the end is committed and answered", Log::Server, &[ANSWERED, "/api/agent/finish"]),
];

struct Line {
    at: Moment,
    text: String,
}

impl Line {
    fn began(&self) -> Option<Moment> {
        let (_, rest) = self.text.split_once("duration_ms=")?;
        let ms: f64 = rest.split_whitespace().next()?.parse().ok()?;
        Some(self.at.before_ms(ms))
    }
}

/// Lines with a time, of which a log of this program's kind has one each.
fn lines(path: &Path) -> Result<Vec<Line>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let read = |line: &str| Some(Line { at: Moment::of_log(line.split_whitespace().next()?)?, text: line.to_owned() });
    Ok(text.lines().filter_map(read).collect())
}

/// The times of one job's points, the call first; a point that was not found has none.
fn times(sample: &Sample, server: &[Line], agent: &[Line]) -> Vec<Option<Moment>> {
    let mut times = vec![Some(sample.called)];
    // A job's end says some of the same as its beginning; and what comes late is another job's.
    times.extend(found(BEFORE, (sample.called, sample.commanded), server, agent));
    times.push(Some(sample.commanded));
    times.extend(found(AFTER, (sample.commanded, sample.completed), server, agent));
    times
}

fn found(points: &[Point], (from, to): (Moment, Moment), server: &[Line], agent: &[Line]) -> Vec<Option<Moment>> {
    let mut earliest = from;
    let times = points.iter().map(|point| {
        let log = if point.log == Log::Server { server } else { agent };
        let first = log.partition_point(|line| line.at < earliest);
        let found = log[first..]
            .iter()
            .filter(|line| point.said.iter().all(|word| line.text.contains(word)))
            .find_map(|line| if point.at_begin { line.began() } else { Some(line.at) })
            .filter(|at| *at <= to);
        // Requests that overlap may begin a little before what led to them was logged.
        earliest = found.map_or(earliest, |at| at.max(from));
        found
    });
    times.collect()
}

/// The table.
pub(crate) struct Trace {
    rows: Vec<(&'static str, Samples, Samples)>,
    total: Samples,
}

/// Measures row 1 with logs that say more.
pub(crate) async fn measure(setup: &Setup) -> Result<Trace> {
    let system = System::start(setup, "trace", 1).await?;
    let branch = idle_branch(&system).await?;
    let (quiet, pause) = (Duration::from_millis(40), Duration::from_millis(10));
    let mut samples = Vec::new();
    for turn in 0..WARM_UP + setup.samples(SAMPLES) {
        let sample = trigger(&system, &branch, turn, quiet, pause).await?;
        if turn >= WARM_UP {
            samples.push(sample);
        }
    }
    let (server, agent) = (lines(&system.server.log())?, lines(&system.agents[0].log())?);
    let names = BEFORE.iter().map(|point| point.what).chain([COMMAND]).chain(AFTER.iter().map(|point| point.what));
    let mut rows: Vec<_> = names.map(|name| (name, Samples::default(), Samples::default())).collect();
    for sample in &samples {
        let mut last = sample.called;
        for ((_, steps, totals), at) in rows.iter_mut().zip(times(sample, &server, &agent).into_iter().skip(1)) {
            let Some(at) = at else { continue };
            steps.push(at.ms_since(last));
            totals.push(at.ms_since(sample.called));
            last = at;
        }
    }
    Ok(Trace { rows, total: samples.iter().map(|sample| sample.to_command_ms).collect() })
}

impl fmt::Display for Trace {
    /// A table in Markdown. A point's own time is that since the point before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(what, ..)| what.chars().count()).max().unwrap_or_default();
        writeln!(f, "| {:width$} | p50, ms | p95, ms | p50 since the call, ms |", "point")?;
        writeln!(f, "| {} | ------: | ------: | ---------------------: |", "-".repeat(width))?;
        for (what, steps, totals) in &self.rows {
            let (p50, p95, total) = (steps.median(), steps.percentile(95.0), totals.median());
            writeln!(f, "| {what:width$} | {p50:>7.2} | {p95:>7.2} | {total:>22.2} |")?;
        }
        let (p50, p95) = (self.total.median(), self.total.percentile(95.0));
        write!(f, "\nfrom the call to the first command, logs and all: p50 {p50:.2} ms, p95 {p95:.2} ms")
    }
}

#[cfg(test)]
mod tests;
