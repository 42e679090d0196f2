//! `kraken job`.

use clap::Subcommand;
use kraken_domain::{JobId, step::Step};
use kraken_protocol::api::{JobView, Rerun, WaitingView};

use super::logs::{self, LogOptions};
use crate::{
    client::{Client, api},
    failure::Outcome,
    look::{Details, Look, Table, Text, job_state, other_state},
    names::Subject,
    screen::Screen,
    session::Session,
};

/// Jobs
#[derive(Debug, Subcommand)]
pub enum JobCommand {
    /// Show a job with its steps
    Show {
        /// The job
        job: JobId,
    },
    /// Show the log of a job, as `kraken logs` does
    Logs {
        /// The job
        job: JobId,
        /// How much of it.
        #[command(flatten)]
        options: LogOptions,
    },
    /// Repeat a job
    Rerun {
        /// The job
        job: JobId,
    },
    /// Cancel a job
    Cancel {
        /// The job
        job: JobId,
    },
    /// Say why a job waits
    Waiting {
        /// The job
        job: JobId,
    },
}

/// Does it.
pub async fn run(command: JobCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        JobCommand::Show { job } => show(&client, job, screen).await,
        JobCommand::Logs { job, options } => logs::show(&client, Subject::Job(job), &options, screen).await,
        JobCommand::Rerun { job } => {
            let rerun: Rerun = client.post(&api(&["jobs", &job.to_string(), "rerun"])?, &serde_json::json!({})).await?;
            super::run::rerun_answer(&rerun, screen)
        }
        JobCommand::Cancel { job } => {
            client.act(&api(&["jobs", &job.to_string(), "cancel"])?).await?;
            show(&client, job, screen).await
        }
        JobCommand::Waiting { job } => {
            let waiting: WaitingView = client.get(&api(&["jobs", &job.to_string(), "waiting"])?).await?;
            screen.answer(&waiting, |look| {
                let ahead = waiting.ahead.map(|ahead| format!(" ({ahead} ahead of it)")).unwrap_or_default();
                format!("{}{ahead}\n", Text::plain(&waiting.reason).painted(look.paint))
            })
        }
    }
}

async fn show(client: &Client, job: JobId, screen: &mut Screen) -> Outcome {
    let job: JobView = client.get(&api(&["jobs", &job.to_string()])?).await?;
    screen.answer(&job, |look| with_steps(&job, look))
}

fn with_steps(job: &JobView, look: &Look) -> String {
    let maybe = |id: Option<String>| id.map_or_else(Text::none, Text::plain);
    let limit = jiff::SignedDuration::from_secs(i64::from(job.timeout_s));
    let details = Details::new()
        .with("job", Text::plain(&job.name))
        .with("id", Text::plain(job.id))
        .with("state", job_state(job))
        .with("message", Text::plain(job.message.as_deref().unwrap_or_default()))
        .with("system", Text::plain(&job.system))
        .with("executor", Text::plain(&job.executor))
        .with("agents group", Text::plain(&job.agents_group))
        .with("agent", maybe(job.agent.map(|id| id.to_string())))
        .with("made", look.time(job.created_at))
        .with("started", look.maybe_time(job.started_at))
        .with("took", look.lasted(job.started_at, job.completed_at))
        .with("time limit", Text::plain(format!("{} ({})", crate::look::duration(limit), job.timeout_reason)))
        .with("repeats", maybe(job.rerun_of.map(|id| id.to_string())))
        .with("repeated by", maybe(job.covered_by.map(|id| id.to_string())));
    let mut text = details.painted(look.paint);
    if let Some(steps) = job.steps.as_ref().filter(|steps| !steps.is_empty()) {
        text.push('\n');
        text.push_str(&step_table(steps, look).painted(look.paint));
    }
    text
}

fn step_table(steps: &[Step], look: &Look) -> Table {
    let mut table = Table::new(&["STEP", "NAME", "TOOL", "STATE", "TOOK", "CODE", "NOTE"]);
    for (index, step) in steps.iter().enumerate() {
        let state = match step.status {
            kraken_domain::step::StepStatus::NotStarted => "not_started",
            kraken_domain::step::StepStatus::InProgress => "in_progress",
            kraken_domain::step::StepStatus::Done => "done",
            kraken_domain::step::StepStatus::Error => "error",
            kraken_domain::step::StepStatus::Skipped => "skipped",
        };
        table.row([
            Text::plain(index),
            Text::plain(&step.name),
            Text::plain(&step.tool),
            other_state(state),
            look.lasted(step.started_at, step.finished_at),
            step.retcode.map_or_else(Text::none, Text::plain),
            Text::plain(step.message.as_deref().unwrap_or_default()),
        ]);
    }
    table
}
