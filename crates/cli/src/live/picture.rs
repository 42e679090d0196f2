//! A flow with its runs and their jobs as they are at one moment.

use futures::{StreamExt, TryStreamExt, stream};
use kraken_domain::FlowId;
use kraken_protocol::api::{FlowView, JobView, RunView};

use crate::{
    client::{Client, api},
    failure::Outcome,
};

/// So many runs' jobs are asked for at the same time.
const AT_ONCE: usize = 4;

/// A flow at one moment.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The flow.
    pub flow: FlowView,
    /// Its runs, in the order in which they were made.
    pub runs: Vec<RunPicture>,
}

/// A run at one moment.
#[derive(Clone, Debug)]
pub struct RunPicture {
    /// The run.
    pub run: RunView,
    /// Its jobs, without those that were repeated by others.
    pub jobs: Vec<JobView>,
}

impl RunPicture {
    /// Whether nothing of it waits or goes on.
    pub fn is_over(&self) -> bool {
        matches!(self.run.state.as_str(), "completed" | "processed")
    }
}

impl Picture {
    /// Asks the server. Jobs of runs that were over `before`, and have not moved since, are not asked for again.
    pub async fn read(client: &Client, flow: FlowId, before: Option<&Self>) -> Outcome<Self> {
        let mut flow: FlowView = client.get(&api(&["flows", &flow.to_string()])?).await?;
        let mut runs = flow.runs.take().unwrap_or_default();
        runs.sort_by_key(|run| run.id);
        flow.runs = Some(runs.clone());
        let pictures = stream::iter(runs).map(|run| read_run(client, run, before)).buffered(AT_ONCE);
        Ok(Self { flow, runs: pictures.try_collect().await? })
    }

    /// The run with the same id, at this moment.
    pub fn run(&self, other: &RunView) -> Option<&RunPicture> {
        self.runs.iter().find(|run| run.run.id == other.id)
    }
}

async fn read_run(client: &Client, run: RunView, before: Option<&Picture>) -> Outcome<RunPicture> {
    let known = before.and_then(|before| before.run(&run)).filter(|known| known.is_over() && known.run.completed_at == run.completed_at);
    let jobs = match known {
        Some(known) => known.jobs.clone(),
        None if run.jobs.total == 0 => Vec::new(),
        None => {
            let jobs: Vec<JobView> = client.list_all(&api(&["runs", &run.id.to_string(), "jobs"])?).await?;
            jobs.into_iter().filter(|job| job.covered_by.is_none()).collect()
        }
    };
    Ok(RunPicture { run, jobs })
}
