//! Runs planned jobs one after another by the agent's own code, and tells how they went.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use kraken_agent::{
    data::DataHere,
    local::{LocalOptions, run_locally},
    signals::Wish,
};
use kraken_domain::{
    job::{Outcome as JobOutcome, Verdict},
    step::Step,
};
use serde::Serialize;
use tokio::sync::watch;

use super::{LocalJob, Planned, shown::Shown};
use crate::{
    failure::{Failure, Outcome},
    look::{Line, Text, Tone, counted, duration, outcome_text},
    screen::Screen,
    signals::Signals,
};

/// Where jobs run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The stage's name.
    pub stage: String,
    /// The `kraken-tool` program.
    pub tool: PathBuf,
    /// Where artifacts go, and come from.
    pub artifacts: PathBuf,
    /// Leave the jobs' folders.
    pub keep: bool,
}

/// How it went, for scripts.
#[derive(Debug, Serialize)]
struct Report {
    ok: bool,
    artifacts: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<PathBuf>,
    jobs: Vec<Done>,
}

/// How a job went.
#[derive(Debug, Serialize)]
struct Done {
    name: String,
    system: String,
    #[serde(flatten)]
    how: How,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum How {
    Ran { verdict: Verdict, steps: Vec<Step>, took_ms: u64 },
    NotRun { not_run: String },
}

impl Done {
    fn is_ok(&self) -> bool {
        matches!(&self.how, How::Ran { verdict, .. } if verdict.outcome.is_ok())
    }

    fn ran(&self) -> bool {
        matches!(self.how, How::Ran { .. })
    }
}

/// Runs the jobs. Ctrl-C cancels the job that runs, a second one does not wait for it.
///
/// # Errors
/// [`Failure::EndedInError`] if a job did not go well, [`Failure::Refused`] if none can run here.
pub async fn perform(planned: Planned, setup: Setup, screen: &mut Screen) -> Outcome {
    let folder = tempfile::Builder::new().prefix("kraken-run-").tempdir();
    let folder = folder.map_err(|error| Failure::file("make", &std::env::temp_dir(), error))?;
    for note in &planned.notes {
        screen.note(&format!("note: {note}"))?;
    }
    let options = LocalOptions {
        tool: setup.tool,
        work_dir: folder.path().to_owned(),
        artifacts: setup.artifacts.clone(),
        data: DataHere::default(),
        keep_workspace: setup.keep,
    };
    let interrupts = Signals::interrupts()?;
    let mut runner =
        Runner { stage: setup.stage, options, interrupts, deadline: Instant::now() + Duration::from_secs(u64::from(planned.timeout_s)) };
    let mut done: Vec<Done> = Vec::new();
    for job in planned.jobs {
        let how = match obstacle(&job, &done) {
            Some(not_run) => How::NotRun { not_run },
            None => runner.run(&job, screen).await?,
        };
        let ended = Done { name: job.order.name, system: job.order.system, how };
        runner.tell(&ended, screen)?;
        done.push(ended);
    }
    let ok = done.iter().filter(|done| done.ran()).all(Done::is_ok);
    let kept = setup.keep.then(|| folder.keep());
    end(Report { ok, artifacts: setup.artifacts, kept, jobs: done }, screen)
}

/// Why a job is not even tried.
fn obstacle(job: &LocalJob, done: &[Done]) -> Option<String> {
    let wrong: BTreeSet<&str> = done.iter().filter(|done| !done.is_ok()).map(|done| done.name.as_str()).collect();
    let need = job.needs.iter().find(|need| wrong.contains(need.as_str()));
    job.not_here.clone().or_else(|| need.map(|need| format!("it needs {need}, which did not go well")))
}

fn end(report: Report, screen: &mut Screen) -> Outcome {
    let (ok, ran, all) = (report.ok, report.jobs.iter().filter(|done| done.ran()).count(), report.jobs.len());
    if ran == 0 && all > 0 {
        return Err(Failure::Refused("none of the stage's jobs can run here".to_owned()));
    }
    screen.answer(&report, |look| {
        let (word, tone) = if ok { ("ok", Tone::Good) } else { ("ended in error", Tone::Bad) };
        let mut text = format!("{}: {}", look.paint.paint(word, tone), counted(ran, "job"));
        if ran < all {
            text.push_str(&format!(", {} not run", all - ran));
        }
        if let Some(kept) = &report.kept {
            text.push_str(&format!("; the jobs' folders are in {}", kept.display()));
        }
        text + "\n"
    })?;
    if ok { Ok(()) } else { Err(Failure::EndedInError) }
}

struct Runner {
    interrupts: Signals,
    stage: String,
    options: LocalOptions,
    deadline: Instant,
}

impl Runner {
    async fn run(&mut self, job: &LocalJob, screen: &mut Screen) -> Outcome<How> {
        let name = Text::plain(format!("{} / {}", self.stage, job.order.name));
        screen.remark(&Line::new().with(Text::new(format!("== {}", name.as_str()), Tone::Strong)))?;
        let (wishes, heard) = watch::channel(Wish::Work);
        let shown = Shown::new(&job.order.steps, screen);
        let trouble = shown.trouble();
        let begin = Instant::now();
        let running = run_locally(&job.order, &self.options, shown, heard);
        tokio::pin!(running);
        let (mut interrupted, mut late) = (false, false);
        let result = loop {
            tokio::select! {
                result = &mut running => break result,
                () = self.interrupts.next() => {
                    if interrupted {
                        return Err(Failure::Interrupted { note: None });
                    }
                    interrupted = true;
                    screen.note("cancelling the job; once more to end at once")?;
                    wishes.send_replace(Wish::Cancel);
                }
                () = tokio::time::sleep_until(self.deadline.into()), if !late => {
                    late = true;
                    wishes.send_replace(Wish::Cancel);
                }
            }
        };
        if interrupted {
            return Err(Failure::Interrupted { note: None });
        }
        if trouble.output_closed() {
            return Err(Failure::OutputClosed);
        }
        let mut result = result.map_err(|error| Failure::Other(error.to_string()))?;
        if late {
            result.verdict = Verdict::because(JobOutcome::JobTimeout, "the time of the whole run was up");
        }
        let took_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(How::Ran { verdict: result.verdict, steps: result.steps, took_ms })
    }

    fn tell(&self, done: &Done, screen: &mut Screen) -> Outcome {
        let line = Line::new().with(Text::plain(format!("{} / {}  ", self.stage, done.name)));
        let line = match &done.how {
            How::NotRun { not_run } => line.with(Text::new("not run", Tone::Muted)).with(Text::plain(format!("  {not_run}"))),
            How::Ran { verdict, took_ms, .. } => {
                let took = duration(SignedDuration::from_millis(i64::try_from(*took_ms).unwrap_or(i64::MAX)));
                let message = verdict.message.as_ref().map(|message| format!("  {message}")).unwrap_or_default();
                line.with(outcome_text(verdict.outcome)).with(Text::plain(format!("  {took}{message}")))
            }
        };
        screen.remark(&line)
    }
}
