//! What is followed: its state, its jobs, and how it ended.

use kraken_protocol::api::{JobView, RunView, WaitingView};

use crate::{
    client::{Client, api},
    failure::Outcome,
    live::{Ending, Picture, ending},
    look::{Look, Text, elapsed, flow_state, job_state, run_state},
    names::Subject,
};

impl Subject {
    /// The key under which `/api/changes` knows it.
    pub(super) fn watch_key(&self) -> String {
        match self {
            Self::Flow(id) => format!("flow:{id}"),
            Self::Run(id) => format!("run:{id}"),
            Self::Job(id) => format!("job:{id}"),
        }
    }
}

/// What is followed, at one moment.
pub(super) enum State {
    Job(Box<JobView>),
    Run(Box<RunView>, Vec<JobView>),
    Flow(Box<Picture>),
}

impl State {
    pub(super) async fn read(client: &Client, of: Subject) -> Outcome<Self> {
        Ok(match of {
            Subject::Job(job) => Self::Job(Box::new(client.get(&api(&["jobs", &job.to_string()])?).await?)),
            Subject::Run(run) => {
                let view: RunView = client.get(&api(&["runs", &run.to_string()])?).await?;
                let jobs = client.list_all(&api(&["runs", &run.to_string(), "jobs"])?).await?;
                Self::Run(Box::new(view), jobs)
            }
            Subject::Flow(flow) => Self::Flow(Box::new(Picture::read(client, flow, None).await?)),
        })
    }

    pub(super) fn jobs(&self) -> Box<dyn Iterator<Item = &JobView> + '_> {
        match self {
            Self::Job(job) => Box::new(std::iter::once(job.as_ref())),
            Self::Run(_, jobs) => Box::new(jobs.iter()),
            Self::Flow(picture) => Box::new(picture.runs.iter().flat_map(|run| &run.jobs)),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Job(job) => job.state == "completed",
            Self::Run(run, _) => run.result.is_some(),
            Self::Flow(picture) => ending(picture).is_some(),
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        match self {
            Self::Job(job) => job.outcome.is_some_and(|outcome| outcome.is_ok()),
            Self::Run(run, _) => run.result == Some(kraken_domain::run::RunResult::Ok),
            Self::Flow(picture) => matches!(ending(picture), Some(Ending::Ok | Ending::Manual)),
        }
    }

    /// Why nothing comes yet, where one job alone is followed.
    pub(super) async fn waiting(&self, client: &Client) -> Outcome<Option<String>> {
        match self {
            Self::Job(job) if job.state == "queued" => {
                let waiting: WaitingView = client.get(&api(&["jobs", &job.id.to_string(), "waiting"])?).await?;
                Ok(Some(waiting.reason))
            }
            _ => Ok(None),
        }
    }

    /// How it ended, in a line.
    pub(super) fn summary(&self, look: &Look) -> String {
        let (what, state, from, to, message) = match self {
            Self::Job(job) => (format!("job {}", job.name), job_state(job), job.started_at, job.completed_at, job.message.clone()),
            Self::Run(run, _) => (format!("run {}", run.stage_name), run_state(run), run.started_at, run.completed_at, run.note.clone()),
            Self::Flow(picture) => {
                let flow = &picture.flow;
                (format!("flow {}", flow.label), flow_state(flow), Some(flow.created_at), flow.completed_at, None)
            }
        };
        let took = from.map(|from| format!(" after {}", elapsed(from, to.unwrap_or(look.now)))).unwrap_or_default();
        let message = message.map(|message| format!(": {message}")).unwrap_or_default();
        Text::plain(format!("{what} {}{took}{message}", state.as_str())).as_str().to_owned()
    }
}

/// The jobs of `of` that were not repeated by others; of a job itself, that job.
pub async fn jobs_of(client: &Client, of: Subject) -> Outcome<Vec<JobView>> {
    let state = State::read(client, of).await?;
    let repeated = |job: &&JobView| matches!(of, Subject::Job(_)) || job.covered_by.is_none();
    Ok(state.jobs().filter(repeated).cloned().collect())
}
