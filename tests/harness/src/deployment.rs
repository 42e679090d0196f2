//! Kraken as it is deployed on AWS, on an emulator on this machine, with policies enforced.
//!
//! It ends with whoever started it, also when that is killed: what brings it up stops everything when its standard input ends.

use std::{
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::{Api, Process, eventually_within, processes, program};

/// The first time of all, the emulator and the CDK are installed.
const PATIENCE: Duration = Duration::from_secs(600);
/// Describes a deployment to other programs.
const FACTS: &str = "deployment.json";

/// Where everything of a deployment is.
#[derive(Clone, Debug, Deserialize)]
pub struct Facts {
    /// Address of its API.
    pub api: String,
    /// Address of the emulated AWS.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// Name of the table.
    pub table: String,
    /// Name of the data bucket.
    pub bucket: String,
    /// File with the administrator's token.
    pub admin_token_file: PathBuf,
    /// Where OpenSearch answers, if logs are searched there.
    pub search: Option<String>,
}

/// A deployment that answers.
#[derive(Debug)]
pub struct Deployment {
    /// Where everything is.
    pub facts: Facts,
    dir: PathBuf,
    /// What started it; `None` when it was there before.
    started: Option<Child>,
}

impl Deployment {
    /// Brings one up whose files are in `dir`, on free ports, with the programs beside this test unless `KRAKEN_AWS_LOCAL_PROGRAMS` says
    /// otherwise. Logs are searched in the OpenSearch at `search`, if that is given.
    ///
    /// # Errors
    /// When it cannot be brought up: with what was said of it.
    pub async fn start(dir: &Path, search: Option<&str>) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let log = dir.join("up.log");
        let out = std::fs::File::create(&log)?;
        // Both are held until both are known: else the second could be the first again.
        let free = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        let [port, api_port] = [free[0].local_addr()?.port(), free[1].local_addr()?.port()];
        drop(free);
        let mut up = aws_local(dir, port, api_port, search)?;
        up.args(["--no-demo", "--until-eof"]).stdin(Stdio::piped()).stdout(out.try_clone()?).stderr(out);
        let mut up = up.spawn().context("python3 does not start: it is needed for the emulated deployment")?;
        let facts = eventually_within(PATIENCE, "a deployment", async || {
            if let Some(status) = up.try_wait()? {
                bail!("the deployment cannot be brought up ({status}):\n{}", std::fs::read_to_string(&log)?);
            }
            Ok(Facts::read(&dir.join(FACTS)).ok())
        });
        let facts = facts.await?;
        Ok(Self { facts, dir: dir.to_owned(), started: Some(up) })
    }

    /// One that is there already, described by the `deployment.json` of `make aws-local`.
    ///
    /// # Errors
    /// When that file cannot be read.
    pub fn existing(facts: &Path) -> Result<Self> {
        let dir = facts.parent().context("a file is in a folder")?.to_owned();
        Ok(Self { facts: Facts::read(facts)?, dir, started: None })
    }

    /// What `make aws-local` does once it is deployed: enrols an agent and runs the demo flow, on the crate `tested` of what is cloned from
    /// `repository`. Gives what is told to people. The agent ends with the deployment.
    ///
    /// # Errors
    /// When one of its stages does not end well: with what was said of it.
    pub async fn demo(&self, repository: &str, tested: &str) -> Result<String> {
        let mut up = aws_local(&self.dir, port(&self.facts.endpoint)?, port(&self.facts.api)?, self.facts.search.as_deref())?;
        up.args(["--repository", repository, "--crate", tested]).stdin(Stdio::null());
        let said = tokio::task::spawn_blocking(move || up.output()).await??;
        let (told, wrong) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        ensure!(said.status.success(), "the demo ended with {}:\n{told}\n{wrong}", said.status);
        Ok(told.into_owned())
    }

    /// A client with the administrator's token.
    ///
    /// # Errors
    /// When the token is not where it is kept.
    pub fn api(&self) -> Result<Api> {
        let token = std::fs::read_to_string(&self.facts.admin_token_file).context("a deployment keeps its first token")?;
        Ok(Api::new(&self.facts.api, Some(token.trim())))
    }

    /// The processes of that function now.
    pub fn instances(&self, function: &str) -> Vec<Process> {
        let name = format!("AWS_LAMBDA_FUNCTION_NAME=kraken-{function}");
        let is_instance = |process: &Process| process.environment().split(|byte| *byte == 0).any(|variable| variable == name.as_bytes());
        processes::below(&self.dir).into_iter().filter(is_instance).collect()
    }

    /// Where its files are. All its processes have the name of this folder in their environment.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

/// The program that brings one up in `dir`, with policies enforced; does what is left to do where it is up already.
fn aws_local(dir: &Path, port: u16, api_port: u16, search: Option<&str>) -> Result<Command> {
    let programs = std::env::var_os("KRAKEN_AWS_LOCAL_PROGRAMS").map(PathBuf::from);
    let programs = programs.map_or_else(|| Ok(program("api")?.with_file_name("")), anyhow::Ok)?;
    let mut up = Command::new("python3");
    up.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../localstack/aws/up.py"));
    up.env("KRAKEN_AWS_LOCAL_DIR", dir).env("KRAKEN_AWS_LOCAL_PROGRAMS", programs).env("KRAKEN_AWS_LOCAL_IAM", "true");
    up.env("KRAKEN_AWS_LOCAL_PORT", port.to_string()).env("KRAKEN_AWS_LOCAL_API_PORT", api_port.to_string());
    up.env("KRAKEN_AWS_LOCAL_SEARCH", search.unwrap_or_default());
    // A signal from the terminal is for the test: this one hears of its end by the end of the pipe.
    up.process_group(0);
    Ok(up)
}

/// The port of an address of this machine.
fn port(address: &str) -> Result<u16> {
    let (_, port) = address.rsplit_once(':').with_context(|| format!("{address} has no port"))?;
    port.parse().with_context(|| format!("{address} has no port"))
}

impl Facts {
    fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} does not describe a deployment", file.display()))
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some(mut up) = self.started.take() {
            drop(up.stdin.take());
            let _reaped = up.wait();
        }
    }
}
