//! Flows in progress, of which it is known what they did: each job leaves a mark whenever it runs.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{AgentProcess, code, ended, eventually_within};
use kraken_protocol::api::FlowView;
use serde_json::{Value, json};

use super::beside::Beside;
use crate::story::Story;

/// Until everything is done, with clocks that make up for what was lost: a minute each for whoever died while telling somebody.
const PATIENCE: Duration = Duration::from_secs(240);
/// Per stage.
const JOBS: usize = 2;
const STAGES: [&str; 2] = ["build", "check"];

/// Flows with two stages of two jobs, two agents at work on them, and what goes on beside them.
pub(super) struct Bustle {
    pub(super) agents: Vec<AgentProcess>,
    pub(super) flows: Vec<FlowView>,
    marks: PathBuf,
    /// Jobs go on once this file is there.
    gate: PathBuf,
    beside: Beside,
}

impl Bustle {
    /// Starts `flows` flows, whose first jobs wait for [`Bustle::open`].
    pub(super) async fn begin(story: &mut Story, flows: usize) -> Result<Self> {
        let (marks, gate) = (story.dir().join("marks"), story.dir().join("gate"));
        let jobs = |stage: &str| -> Vec<Value> {
            let names = (0..JOBS).map(|number| format!("{stage}-{number}"));
            let cmd = |name: &str| {
                let (marks, gate) = (marks.display(), gate.display());
                format!("echo {name} >> {marks}; while ! test -e {gate}; do sleep 0.05; done; echo {name} > {name}.txt")
            };
            names
                .map(|name| {
                    let steps =
                        [json!({"tool": "shell", "cmd": cmd(&name)}), json!({"tool": "artifacts", "source": format!("{name}.txt")})];
                    story.job(&name, &steps)
                })
                .collect()
        };
        let build = code(&json!({"parent": "root", "jobs": jobs("build")}));
        let check = code(&json!({"parent": "build", "triggers": {"parent": true}, "jobs": jobs("check")}));
        let branch = story.branch(&[("build", build), ("check", check)]).await?;
        let beside = Beside::begin(story).await?;
        let agents = vec![story.agent().await?, story.agent().await?];
        let mut started = Vec::new();
        for _ in 0..flows {
            started.push(story.api.start(&branch).await?);
        }
        let bustle = Self { agents, flows: started, marks, gate, beside };
        eventually_within(PATIENCE, "both agents to be at work", async || Ok((bustle.marks().len() >= 2).then_some(()))).await?;
        Ok(bustle)
    }

    /// Lets the jobs go on.
    pub(super) fn open(&self) -> Result<()> {
        Ok(std::fs::write(self.gate(), "")?)
    }

    /// The file that lets the jobs go on when it is written.
    pub(super) fn gate(&self) -> &Path {
        &self.gate
    }

    /// How often each job ran, over all flows.
    fn marks(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for name in std::fs::read_to_string(&self.marks).unwrap_or_default().lines() {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
        counts
    }

    /// Whether all flows are done. What the API fails with meanwhile is no answer.
    pub(super) async fn is_done(&self, story: &Story) -> bool {
        for flow in &self.flows {
            let Ok(flow) = story.api.flow(flow).await else { return false };
            if flow.state != "completed" || flow.runs.iter().flatten().any(|run| run.state != "processed") {
                return false;
            }
        }
        true
    }

    /// Waits until all is done, disturbing it all the while, and makes sure that everything was done once. `disturb` says whether it has
    /// disturbed enough.
    pub(super) async fn done_despite(self, story: Story, mut disturb: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
        let waited = eventually_within(PATIENCE, "the flows to be done", async || {
            let enough = disturb().await?;
            // A function that is disturbed right now fails; the clock comes again.
            let _comes_again = story.place.tick().await;
            Ok((enough && self.is_done(&story).await && self.beside.is_done(&story).await).then_some(()))
        });
        waited.await.with_context(|| format!("marks: {:?}", self.marks()))?;
        let (jobs, times) = (STAGES.iter().flat_map(|stage| (0..JOBS).map(move |number| format!("{stage}-{number}"))), self.flows.len());
        let once: BTreeMap<_, _> = jobs.map(|job| (job, times)).collect();
        assert_eq!(self.marks(), once, "each job of each flow ran once");
        for flow in &self.flows {
            let runs = story.api.runs(flow).await?;
            let told: Vec<_> = runs.iter().map(|run| (run.stage_name.as_str(), run.result, run.jobs.total, run.jobs.completed)).collect();
            assert_eq!(told, STAGES.map(|stage| (stage, Some(RunResult::Ok), JOBS as i64, JOBS as i64)), "flow {}", flow.id);
            for job in story.api.all_jobs(flow).await? {
                ended(&job, Outcome::Ok)?;
            }
            let files: Value = story.api.get(&format!("/api/flows/{}/artifacts", flow.id)).await?;
            assert_eq!(files["items"].as_array().map(Vec::len), Some(STAGES.len() * JOBS), "{files}");
        }
        self.beside.was_done_once(&story).await?;
        story.end(self.agents).await
    }
}
