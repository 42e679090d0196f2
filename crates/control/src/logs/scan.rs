//! Searching without a search: the stored logs of one job, or of one run job by job, are read through.
//!
//! Invariant: one call looks at no more than [`JOBS_MAX`] jobs, reads at most [`READS_MAX`] objects or parts of them, and unpacks about
//! [`UNPACKED_BYTES_MAX`] bytes; a longer search goes on with the cursor it gives, which may come without a line.

use std::sync::Arc;

use kraken_domain::{JobId, RunId, job::Job};
use kraken_protocol::{
    ansi,
    api::FoundLogs,
    log::{LogIndex, Member},
};
use kraken_search::{Entry, Level, Matcher, Query, Source};

use super::{
    find::{JOBS, id, refused, shown, text_bytes},
    member::Unpacked,
};
use crate::{Control, ControlError};

/// Indexes and members that one call reads.
const READS_MAX: usize = 200;
/// Jobs whose records are read at once.
const JOBS_AT_ONCE: u32 = 20;
/// Jobs whose records one call reads.
const JOBS_MAX: u32 = 400;
/// Bytes of unpacked members after which a call goes no further.
const UNPACKED_BYTES_MAX: usize = 128 << 20;

/// Where a search is: the number of a job in its run, and of a line in its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    job: u32,
    line: u64,
}

/// Which logs to read through.
enum Scope {
    Job(JobId),
    Run(RunId),
}

impl Control {
    /// The lines that fit, in the order of jobs and lines. Earlier tries of a job are left out.
    pub(super) async fn scan_logs(&self, query: Query) -> Result<FoundLogs, ControlError> {
        let scope = scope(&query)?;
        let matcher = Arc::new(Matcher::new(&query.text).map_err(refused)?);
        let begin = query.cursor.as_deref().map_or(Ok(At { job: 1, line: 0 }), at)?;
        let mut scan =
            Scan { control: self, room: text_bytes(query.limit), query, matcher, found: Vec::new(), reads: 0, unpacked_bytes: 0 };
        let next = match scope {
            Scope::Job(job) => scan.job(&self.job(job).await?.value, begin.line).await?,
            Scope::Run(run) => scan.run(run, begin).await?,
        };
        let next = next.map(|at| format!("{}-{}", at.job, at.line));
        Ok(FoundLogs { items: scan.found, next, behind: 0 })
    }
}

/// Refuses what would mean to read through everything.
fn scope(query: &Query) -> Result<Scope, ControlError> {
    match (&query.job, &query.run) {
        (Some(job), _) => Ok(Scope::Job(id("job", job)?)),
        (None, Some(run)) => Ok(Scope::Run(id("run", run)?)),
        (None, None) => {
            let why =
                "this deployment has no log search, so the logs of one run or job are read through: name it with ?run=<id> or ?job=<id>";
            Err(ControlError::invalid("/query/job", why))
        }
    }
}

fn at(cursor: &str) -> Result<At, ControlError> {
    let parsed = cursor.split_once('-').and_then(|(job, line)| Some(At { job: job.parse().ok()?, line: line.parse().ok()? }));
    parsed.ok_or_else(|| refused(Query::wrong_cursor(cursor)))
}

struct Scan<'a> {
    control: &'a Control,
    query: Query,
    matcher: Arc<Matcher>,
    room: usize,
    found: Vec<kraken_protocol::api::FoundLine>,
    reads: usize,
    unpacked_bytes: usize,
}

impl Scan<'_> {
    /// Reads through the jobs of a run. Says where to go on; `None` at the end.
    async fn run(&mut self, run: RunId, begin: At) -> Result<Option<At>, ControlError> {
        let (mut number, mut line) = (begin.job.max(1), begin.line);
        let end = number.saturating_add(JOBS_MAX);
        // One that was cancelled while its jobs were made has numbers without a job before those of its repetitions.
        let last = self.control.store.run(run).await?.map_or(0, |run| run.jobs_made);
        loop {
            if number > last {
                return Ok(None);
            }
            if number >= end {
                return Ok(Some(At { job: number, line: 0 }));
            }
            let until = last.min(number.saturating_add(JOBS_AT_ONCE - 1));
            let ids: Vec<JobId> = (number..=until).map(|number| JobId { run, number }).collect();
            let jobs = self.control.store.jobs_by_id(&ids).await?;
            for job in jobs.into_iter().flatten() {
                let from = if job.value.id.number == begin.job { std::mem::take(&mut line) } else { 0 };
                match self.job(&job.value, from).await {
                    Ok(None) => {}
                    Ok(Some(next)) => return Ok(Some(next)),
                    // It is no better the next time, and the others are to be found all the same.
                    Err(error @ ControlError::BadLog { .. }) => tracing::warn!(%error, "a log is left out of a search"),
                    Err(error) => return Err(error),
                }
            }
            number = number.saturating_add(JOBS_AT_ONCE);
        }
    }

    /// Reads through the log of a job from a line on.
    async fn job(&mut self, job: &Job, from: u64) -> Result<Option<At>, ControlError> {
        if !self.may_have_some(job) {
            return Ok(None);
        }
        let on_with = |line| Ok(Some(At { job: job.id.number, line }));
        if self.reads >= READS_MAX {
            return on_with(from);
        }
        self.reads += 1;
        let index = Arc::new(self.control.log_index(job).await?);
        for member in index.members_of(from, u64::MAX) {
            if self.reads >= READS_MAX || self.unpacked_bytes >= UNPACKED_BYTES_MAX {
                return on_with(member.first_line.max(from));
            }
            self.reads += 1;
            if !self.in_time(member) {
                continue;
            }
            let Some(unpacked) = self.control.log_member(job, member).await? else {
                self.reads += 1;
                if self.control.log_index(job).await? == *index {
                    // It is gone for good, and the others are to be found all the same.
                    continue;
                }
                // It was written anew since its index was read: the next call finds the new one.
                return on_with(member.first_line.max(from));
            };
            self.unpacked_bytes += unpacked.bytes();
            let some = self.member(job, Arc::clone(&index), unpacked, from).await?;
            for (number, entry) in some {
                if self.found.len() >= self.query.limit {
                    return on_with(number);
                }
                self.found.push(shown(entry, Some(number), self.room));
            }
        }
        Ok(None)
    }

    /// Whether the query can fit any line of the job.
    fn may_have_some(&self, job: &Job) -> bool {
        let fits = |wanted: &Option<String>, has: String| wanted.as_ref().is_none_or(|wanted| *wanted == has);
        let query = &self.query;
        fits(&query.service, JOBS.to_owned())
            && fits(&query.project, job.project.to_string())
            && fits(&query.branch, job.branch.to_string())
            && fits(&query.flow, job.id.flow().to_string())
            && fits(&query.run, job.id.run.to_string())
            && query.agent.as_ref().is_none_or(|agent| job.agent().is_some_and(|of| of.to_string() == *agent))
            && query.level.is_none_or(|level| level <= Level::Info)
    }

    fn in_time(&self, member: &Member) -> bool {
        self.query.since.is_none_or(|since| member.to >= since) && self.query.until.is_none_or(|until| member.from < until)
    }

    /// The lines of one member that fit, with their numbers; not more than are wanted and one.
    async fn member(&self, job: &Job, index: Arc<LogIndex>, unpacked: Unpacked, from: u64) -> Result<Vec<(u64, Entry)>, ControlError> {
        let (matcher, query, job) = (Arc::clone(&self.matcher), self.query.clone(), job.clone());
        let most = query.limit - self.found.len() + 1;
        let looking = tokio::task::spawn_blocking(move || {
            let fits = |(number, line): (u64, &[u8])| {
                let (time, step) = (unpacked.time_of(number), index.step_of(number).map(|step| step.to_string()));
                let in_time = query.since.is_none_or(|since| time >= since) && query.until.is_none_or(|until| time < until);
                if !in_time || query.step.is_some() && query.step != step {
                    return None;
                }
                let text = ansi::stripped(line);
                matcher.matches(text.as_bytes()).then(|| {
                    let source = Source {
                        service: JOBS.to_owned(),
                        project: Some(job.project.to_string()),
                        branch: Some(job.branch.to_string()),
                        flow: Some(job.id.flow().to_string()),
                        run: Some(job.id.run.to_string()),
                        job: Some(job.id.to_string()),
                        step,
                        agent: job.agent().map(|agent| agent.to_string()),
                    };
                    (number, Entry { time, level: Level::Info, source: Arc::new(source), text })
                })
            };
            unpacked.lines().filter(|(number, _)| *number >= from).filter_map(fits).take(most).collect()
        });
        looking.await.map_err(|error| ControlError::Internal(error.to_string()))
    }
}
