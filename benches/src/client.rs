//! The public API as any client sees it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kraken_protocol::api::{AgentView, FlowView, JobView, Page};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// A client with the administrator's token, on connections of its own that stay open.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    http: Client,
    url: String,
    token: String,
}

impl Api {
    pub(crate) fn new(url: &str, token: &str) -> Result<Self> {
        let http = Client::builder().tcp_nodelay(true).timeout(Duration::from_secs(60)).tls_certs_only([]).build()?;
        Ok(Self { http, url: url.to_owned(), token: token.to_owned() })
    }

    /// The same server on other connections.
    pub(crate) fn another(&self) -> Result<Self> {
        Self::new(&self.url, &self.token)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// GET whose answer is read as it comes.
    pub(crate) async fn open(&self, path: &str) -> Result<Response> {
        let answer = self.request(Method::GET, path).send().await?;
        if !answer.status().is_success() {
            bail!("{path}: {} {}", answer.status(), answer.text().await?);
        }
        Ok(answer)
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let body = self.open(path).await?.bytes().await?;
        serde_json::from_slice(&body).with_context(|| format!("{path}: {}", String::from_utf8_lossy(&body)))
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        let answer = self.request(Method::POST, path).json(body).send().await?;
        read(path, answer).await
    }

    pub(crate) async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        let answer = self.request(Method::PUT, path).json(body).send().await?;
        read(path, answer).await
    }

    /// POST of these bytes with these headers, without a token.
    pub(crate) async fn post_bytes(&self, path: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<Value> {
        let mut request = self.http.post(format!("{}{path}", self.url)).header("Content-Type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        read(path, request.body(body).send().await?).await
    }

    /// A new project with a branch and one stage; gives the branch's id.
    pub(crate) async fn branch(&self, project: &str, code: &str) -> Result<String> {
        self.post::<Value>("/api/projects", &json!({"name": project})).await?;
        let branch: Value = self.post(&format!("/api/projects/{project}/branches"), &json!({"name": "main"})).await?;
        let branch = branch["id"].as_str().context("a branch has an id")?.to_owned();
        self.post::<Value>(&format!("/api/branches/{branch}/stages"), &json!({"name": "stage", "code": code})).await?;
        Ok(branch)
    }

    /// The trigger call.
    pub(crate) async fn start(&self, branch: &str) -> Result<FlowView> {
        self.post(&format!("/api/branches/{branch}/flows"), &json!({})).await
    }

    pub(crate) async fn flow(&self, flow: &FlowView) -> Result<FlowView> {
        self.get(&format!("/api/flows/{}", flow.id)).await
    }

    /// The jobs of the flow's only run, oldest first.
    pub(crate) async fn jobs(&self, flow: &FlowView) -> Result<Vec<JobView>> {
        let run = flow.runs.iter().flatten().next().context("the flow has a run")?.id;
        let (mut jobs, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Page<JobView> = self.get(&format!("/api/runs/{run}/jobs?limit=200{cursor}")).await?;
            jobs.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(jobs),
            }
        }
    }

    pub(crate) async fn agents(&self) -> Result<Vec<AgentView>> {
        Ok(self.get::<Page<AgentView>>("/api/agents?limit=200").await?.items)
    }

    /// A token with which any number of agents can join.
    pub(crate) async fn enrolment_token(&self) -> Result<String> {
        let made: Value = self.post("/api/enrolment-tokens", &json!({"reusable": true})).await?;
        Ok(made["secret"].as_str().context("an enrolment token has a secret")?.to_owned())
    }
}

async fn read<T: DeserializeOwned>(path: &str, answer: Response) -> Result<T> {
    let (status, body) = (answer.status(), answer.bytes().await?);
    if !status.is_success() {
        bail!("{path}: {status} {}", String::from_utf8_lossy(&body));
    }
    serde_json::from_slice(&body).with_context(|| format!("{path}: {}", String::from_utf8_lossy(&body)))
}

/// What is waited for at the longest: what takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(300);

/// Asks until there is an answer, with this pause between.
pub(crate) async fn ask_until<T>(what: &str, pause: Duration, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > PATIENCE {
            bail!("waited {} s in vain for {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(pause).await;
    }
}
