//! The public API as a client sees it.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_protocol::api::{FlowView, JobView, LogLines, Page, Problem, RunView};
use reqwest::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::eventually;

/// A refusal, as the API words it.
#[derive(Debug)]
pub struct ApiFailure {
    /// HTTP status.
    pub status: StatusCode,
    /// The problem document.
    pub problem: Problem,
}

impl std::fmt::Display for ApiFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {} {:?}", self.status, self.problem.kind, self.problem.detail, self.problem.errors)
    }
}

impl std::error::Error for ApiFailure {}

/// A client with a token.
#[derive(Clone, Debug)]
pub struct Api {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Api {
    /// A client of the server at `url`.
    pub fn new(url: &str, token: Option<&str>) -> Self {
        // Whoever comes first sets it for the process.
        let _set_already = rustls::crypto::ring::default_provider().install_default();
        let client =
            reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client without TLS settings can be built");
        Self { client, url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// The same server with another token, or none.
    #[must_use]
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// The server's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A request to `path` with the token, for what the other calls do not cover.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T> {
        let response = request.send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            let problem = serde_json::from_slice(&body).with_context(|| format!("{status} without a problem document: {body:?}"))?;
            return Err(ApiFailure { status, problem }.into());
        }
        let body: &[u8] = if body.is_empty() { b"null" } else { &body };
        serde_json::from_slice(body).with_context(|| format!("unexpected answer: {}", String::from_utf8_lossy(body)))
    }

    /// GET.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Self::answer(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        Self::answer(self.request(Method::POST, path).json(body)).await
    }

    /// PUT with a JSON body.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        Self::answer(self.request(Method::PUT, path).json(body)).await
    }

    /// DELETE.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn delete(&self, path: &str) -> Result<()> {
        Self::answer::<Value>(self.request(Method::DELETE, path)).await.map(drop)
    }

    /// A new project with a branch `main` and these stages; gives the branch's id.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn branch_with(&self, project: &str, stages: &[(&str, &str)]) -> Result<String> {
        self.post::<Value>("/api/projects", &json!({"name": project})).await?;
        let branch: Value = self.post(&format!("/api/projects/{project}/branches"), &json!({"name": "main"})).await?;
        let branch = branch["id"].as_str().context("a branch has an id")?.to_owned();
        for (name, code) in stages {
            self.post::<Value>(&format!("/api/branches/{branch}/stages"), &json!({"name": name, "code": code})).await?;
        }
        Ok(branch)
    }

    /// Starts a flow.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn start(&self, branch: &str) -> Result<FlowView> {
        self.post(&format!("/api/branches/{branch}/flows"), &json!({})).await
    }

    /// The flow once it is completed and all its runs are processed.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn completed(&self, flow: &FlowView) -> Result<FlowView> {
        let path = format!("/api/flows/{}", flow.id);
        eventually(&format!("flow {} to complete", flow.id), async || {
            let flow: FlowView = self.get(&path).await?;
            let done = flow.state == "completed" && flow.runs.iter().flatten().all(|run| run.state == "processed");
            Ok(done.then_some(flow))
        })
        .await
    }

    /// The jobs of a run, oldest first.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn jobs(&self, run: &RunView) -> Result<Vec<JobView>> {
        let (mut jobs, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Page<JobView> = self.get(&format!("/api/runs/{}/jobs?limit=200{cursor}", run.id)).await?;
            jobs.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(jobs),
            }
        }
    }

    /// The only job of the only run of a flow.
    ///
    /// # Errors
    /// When it is not the only one.
    pub async fn only_job(&self, flow: &FlowView) -> Result<JobView> {
        let flow: FlowView = self.get(&format!("/api/flows/{}", flow.id)).await?;
        let runs = flow.runs.unwrap_or_default();
        let [run] = runs.as_slice() else { anyhow::bail!("the flow has {} runs, expected one", runs.len()) };
        let jobs = self.jobs(run).await?;
        let [job] = jobs.as_slice() else { anyhow::bail!("the run has {} jobs, expected one", jobs.len()) };
        self.get(&format!("/api/jobs/{}", job.id)).await
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

    /// The log of a job as text lines.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn log(&self, job: &JobView) -> Result<Vec<String>> {
        let log: LogLines = self.get(&format!("/api/jobs/{}/log?limit=10000", job.id)).await?;
        Ok(log.lines.into_iter().map(|line| line.text).collect())
    }
}
