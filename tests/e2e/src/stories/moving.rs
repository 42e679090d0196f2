//! Everything moves: from where the story is told to a process, and from there to a new deployment.

use std::{path::Path, process::Command};

use anyhow::{Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::{AgentProcess, Api, Deployment, GitRepo, ServerProcess, ended, program, wait_until};
use kraken_protocol::api::{EnrolmentTokenMade, FlowView, JobView, TokenMade};
use reqwest::Method;
use serde_json::json;

use crate::story::Story;

/// Larger than what a function may answer with, and than one part of an upload.
const FILE_BYTES: usize = 19_000_000;
/// 20 MB in all.
const LINES: usize = 200_000;

pub(crate) async fn a_system_moves_and_back(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let build = story.stage(&[
        json!({"tool": "shell", "cmd": format!("echo Grüße; head -c {FILE_BYTES} /dev/urandom > big.bin; seq -f '%099.0f' 1 {LINES}")}),
        json!({"tool": "artifacts", "source": ["big.bin"]}),
    ]);
    let branch = story.branch(&[("build", build)]).await?;
    let flow = story.api.completed(&story.api.start(&branch).await?).await?;
    let moved = Moved::of(&story.api, branch, flow).await?;
    ended(&moved.job, Outcome::Ok)?;

    let (out, back) = (story.dir().join("out.gz"), story.dir().join("back.gz"));
    kraken(&story.api, "export", &out).await?;
    let mut process = ServerProcess::start(&story.dir().join("process")).await?;
    let here = process.api()?;
    kraken(&here, "import", &out).await?;
    moved.is_at(&here).await?;
    moved.goes_on_at(&here, &story.dir().join("agent"), "2.").await?;

    // Back, into one that is new. The local process is new soon enough for the scenarios.
    if story.place.deployment().is_some() {
        kraken(&here, "export", &back).await?;
        let deployment = Deployment::start(&story.dir().join("deployment"), None).await?;
        let there = deployment.api()?;
        kraken(&there, "import", &back).await?;
        moved.is_at(&there).await?;
        moved.goes_on_at(&there, &story.dir().join("other-agent"), "3.").await?;
        demo_runs_at(&deployment, story.dir()).await?;
    }
    process.stop().await?;
    story.end([agent]).await
}

/// The other half of `make aws-local`, on a repository of one small crate.
async fn demo_runs_at(deployment: &Deployment, dir: &Path) -> Result<()> {
    let repo = GitRepo::create(dir, "small.git");
    repo.write("Cargo.toml", "[package]\nname = \"small\"\nedition = \"2024\"\n\n[workspace]\n");
    repo.write("src/lib.rs", "#[test]\nfn one_and_one() {\n    assert_eq!(1 + 1, 2);\n}\n").commit("One test");
    repo.push("main");
    let told = deployment.demo(&format!("file://{}", repo.path().display()), "small").await?;
    assert!(told.contains("1 tests passed:") && told.contains("report.txt"), "the log and the artifacts are shown: {told}");
    assert!(told.contains(&format!("API:        {}", deployment.facts.api)), "{told}");
    Ok(())
}

/// The program, asked as an administrator.
async fn kraken(api: &Api, command: &'static str, file: &Path) -> Result<String> {
    let made: TokenMade = api.post("/api/tokens", &json!({"name": "moving", "grants": [{"role": "admin"}]})).await?;
    let mut run = Command::new(program("kraken")?);
    run.arg(command).arg(file).env("KRAKEN_SERVER", api.url()).env("KRAKEN_TOKEN", made.secret);
    let said = tokio::task::spawn_blocking(move || run.output()).await??;
    ensure!(said.status.success(), "kraken {command}: {}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?)
}

/// What must be the same everywhere.
struct Moved {
    branch: String,
    flow: FlowView,
    job: JobView,
    artifact: String,
    bytes: Vec<u8>,
}

impl Moved {
    async fn of(api: &Api, branch: String, flow: FlowView) -> Result<Self> {
        let job = api.only_job(&flow).await?;
        let artifact = format!("/api/runs/{}/artifacts/big.bin", job.run);
        let bytes = api.request(Method::GET, &artifact).send().await?.error_for_status()?.bytes().await?.to_vec();
        assert_eq!(bytes.len(), FILE_BYTES);
        Ok(Self { branch, flow, job, artifact, bytes })
    }

    async fn is_at(&self, api: &Api) -> Result<()> {
        let flow = api.flow(&self.flow).await?;
        let runs = flow.runs.as_deref().unwrap_or_default();
        assert_eq!((flow.state.as_str(), flow.label.as_str(), runs[0].jobs.total, runs[0].jobs.completed), ("completed", "1.", 1, 1));
        ended(&api.job(self.job.id).await?, Outcome::Ok)?;
        let bytes = api.request(Method::GET, &self.artifact).send().await?.error_for_status()?.bytes().await?;
        assert!(bytes == self.bytes, "{} bytes came of the artifact", bytes.len());
        // Byte for byte, however it is read.
        let made: TokenMade = api.post("/api/tokens", &json!({"name": "reading", "grants": [{"role": "viewer"}]})).await?;
        let mut logs = Command::new(program("kraken")?);
        logs.args(["logs", &self.job.id.to_string()]).env("KRAKEN_SERVER", api.url()).env("KRAKEN_TOKEN", made.secret);
        let said = tokio::task::spawn_blocking(move || logs.output()).await??;
        ensure!(said.status.success(), "kraken logs: {}", String::from_utf8_lossy(&said.stderr));
        let log = String::from_utf8(said.stdout)?;
        assert!(log.contains("Grüße\n") && log.contains(&format!("\n{LINES:099}\n")), "{} bytes came of the log", log.len());
        assert!(log.lines().count() > LINES);
        Ok(())
    }

    /// Numbers continue, jobs run.
    async fn goes_on_at(&self, api: &Api, dir: &Path, label: &str) -> Result<()> {
        let groups = json!({"groups": [self.job.agents_group]});
        let token: EnrolmentTokenMade = api.post("/api/enrolment-tokens", &groups).await?;
        let mut agent = AgentProcess::start(api.url(), dir, "newcomer", Some(&token.secret))?;
        let idle = async || Ok(api.agent_named("newcomer").await?.is_some_and(|agent| agent.state == "idle"));
        wait_until("the newcomer to be idle", idle).await?;
        let next = api.completed(&api.start(&self.branch).await?).await?;
        assert_eq!(next.label, label);
        ended(&api.only_job(&next).await?, Outcome::Ok)?;
        // It leaves for good: the next place has another of that name.
        agent.finish().await?;
        let gone = api.agent_named("newcomer").await?;
        if let Some(gone) = gone {
            api.delete(&format!("/api/agents/{}", gone.id)).await?;
        }
        Ok(())
    }
}
