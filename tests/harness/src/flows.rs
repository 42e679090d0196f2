//! What stories do with the API, in a few words: set up, start, wait, look.

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_protocol::api::{AgentView, FlowView, JobView, LogLines, Page, RunView};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Api, eventually};

impl Api {
    /// A new project with a branch `main` and these stages; gives the branch's id.
    ///
    /// # Errors
    /// [`crate::ApiFailure`] when refused; so for every call here.
    pub async fn branch_with(&self, project: &str, stages: &[(&str, &str)]) -> Result<String> {
        self.post::<Value>("/api/projects", &json!({"name": project})).await?;
        let branch: Value = self.post(&format!("/api/projects/{project}/branches"), &json!({"name": "main"})).await?;
        let branch = branch["id"].as_str().context("a branch has an id")?.to_owned();
        for (name, code) in stages {
            self.add_stage(&branch, name, code).await?;
        }
        Ok(branch)
    }

    /// A new stage; gives its id.
    ///
    /// # Errors
    /// When refused.
    pub async fn add_stage(&self, branch: &str, name: &str, code: &str) -> Result<String> {
        let stage: Value = self.post(&format!("/api/branches/{branch}/stages"), &json!({"name": name, "code": code})).await?;
        Ok(stage["id"].as_str().context("a stage has an id")?.to_owned())
    }

    /// All items of a list, page by page.
    ///
    /// # Errors
    /// When refused.
    pub async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Page<T> = self.get(&format!("{path}?limit=200{cursor}")).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
    }

    /// The agent of that name, if there is one.
    ///
    /// # Errors
    /// When refused.
    pub async fn agent_named(&self, name: &str) -> Result<Option<AgentView>> {
        let agents: Vec<AgentView> = self.list("/api/agents").await?;
        Ok(agents.into_iter().find(|agent| agent.name == name))
    }

    /// Starts a flow.
    ///
    /// # Errors
    /// When refused.
    pub async fn start(&self, branch: &str) -> Result<FlowView> {
        self.start_with(branch, &json!({})).await
    }

    /// Starts a flow with that body.
    ///
    /// # Errors
    /// When refused.
    pub async fn start_with(&self, branch: &str, body: &Value) -> Result<FlowView> {
        self.post(&format!("/api/branches/{branch}/flows"), body).await
    }

    /// The flow as it stands.
    ///
    /// # Errors
    /// When refused.
    pub async fn flow(&self, flow: &FlowView) -> Result<FlowView> {
        self.get(&format!("/api/flows/{}", flow.id)).await
    }

    /// The flow once it is completed and all its runs are processed.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn completed(&self, flow: &FlowView) -> Result<FlowView> {
        let (mut last, what) = (String::new(), format!("flow {} to complete", flow.id));
        let waited = eventually(&what, async || {
            let flow = self.flow(flow).await?;
            let done = flow.state == "completed" && flow.runs.iter().flatten().all(|run| run.state == "processed");
            last = format!("{flow:?}");
            Ok(done.then_some(flow))
        });
        waited.await.with_context(|| last)
    }

    /// The runs of a flow as they stand, in order of creation.
    ///
    /// # Errors
    /// When refused.
    pub async fn runs(&self, flow: &FlowView) -> Result<Vec<RunView>> {
        self.flow(flow).await?.runs.context("a flow has runs")
    }

    /// The run of that stage in a flow, once there is one and it is in `state`.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn run_in(&self, flow: &FlowView, stage: &str, state: &str) -> Result<RunView> {
        eventually(&format!("the run of {stage} to be {state}"), async || {
            let runs = self.runs(flow).await?;
            Ok(runs.into_iter().find(|run| run.stage_name == stage && run.state == state))
        })
        .await
    }

    /// The jobs of a run, oldest first.
    ///
    /// # Errors
    /// When refused.
    pub async fn jobs(&self, run: &RunView) -> Result<Vec<JobView>> {
        self.list(&format!("/api/runs/{}/jobs", run.id)).await
    }

    /// The jobs of all runs of a flow.
    ///
    /// # Errors
    /// When refused.
    pub async fn all_jobs(&self, flow: &FlowView) -> Result<Vec<JobView>> {
        let mut jobs = Vec::new();
        for run in self.runs(flow).await? {
            jobs.extend(self.jobs(&run).await?);
        }
        Ok(jobs)
    }

    /// A job with its steps.
    ///
    /// # Errors
    /// When refused.
    pub async fn job(&self, id: impl std::fmt::Display) -> Result<JobView> {
        self.get(&format!("/api/jobs/{id}")).await
    }

    /// The only job of the only run of a flow, with its steps.
    ///
    /// # Errors
    /// When it is not the only one.
    pub async fn only_job(&self, flow: &FlowView) -> Result<JobView> {
        let jobs = self.all_jobs(flow).await?;
        let [job] = jobs.as_slice() else { anyhow::bail!("the flow has {} jobs, expected one", jobs.len()) };
        self.job(job.id).await
    }

    /// The only job of a flow, once it is in `state`.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn only_job_in(&self, flow: &FlowView, state: &str) -> Result<JobView> {
        eventually(&format!("the job of flow {} to be {state}", flow.id), async || {
            let job = self.only_job(flow).await?;
            Ok((job.state == state).then_some(job))
        })
        .await
    }

    /// Runs a flow of one job to its end; gives the job.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn run_one(&self, branch: &str) -> Result<JobView> {
        let flow = self.start(branch).await?;
        self.only_job(&self.completed(&flow).await?).await
    }

    /// The log of a job as text lines.
    ///
    /// # Errors
    /// When refused.
    pub async fn log(&self, job: &JobView) -> Result<Vec<String>> {
        let log: LogLines = self.get(&format!("/api/jobs/{}/log?limit=10000", job.id)).await?;
        Ok(log.lines.into_iter().map(|line| line.text).collect())
    }

    /// Waits until a job's log has that line.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn says(&self, job: &JobView, line: &str) -> Result<()> {
        eventually(&format!("{line:?} in the log"), async || Ok(self.log(job).await?.iter().any(|said| said == line).then_some(()))).await
    }
}

/// How a job of a story ended, with the reason where it was not as wished.
///
/// # Errors
/// When it ended otherwise.
pub fn ended(job: &JobView, outcome: Outcome) -> Result<()> {
    anyhow::ensure!(job.outcome == Some(outcome), "the job is {} {:?}: {:?} {:?}", job.state, job.outcome, job.message, job.steps);
    Ok(())
}
