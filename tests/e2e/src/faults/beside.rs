//! What goes on beside the flows that people start: a stage whose time comes, somebody who is told of its run, a line that is indexed.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_domain::{Timestamp, job::Outcome};
use kraken_harness::{FarSide, code, ended};
use kraken_protocol::api::{FlowView, NoticeView, RunView};
use serde_json::json;

use super::messages::{set_rest, url};
use crate::{aws::Aws, stories::search::texts, story::Story};

/// From when the stage is saved until its time comes: longer than saving takes.
const SOON: Duration = Duration::from_secs(5);
/// Seconds between two tries to index one of the short logs here.
const REST_S: &str = "3";

/// A stage of a branch of its own, whose run is told to somebody, and prints a line.
pub(super) struct Beside {
    branch: String,
    word: String,
    far: FarSide,
    /// How long a log rested before; `None` where nothing is indexed.
    rest: Option<String>,
}

impl Beside {
    /// Saves the stage. Agents of the story run its job.
    pub(super) async fn begin(story: &Story) -> Result<Self> {
        let rest = Self::set_rest(story, REST_S).await?;
        let (far, word) = (FarSide::start().await?, story.word());
        let due = Timestamp::now().checked_add(SOON)?;
        let told = json!({"webhook": {"url": format!("{}/kraken", far.url()), "secret": "#{args.key}", "on": ["end"]}});
        let parameters = [json!({"name": "key", "type": "string", "default": "k3y"})];
        let job = story.job("late", &[json!({"tool": "shell", "cmd": format!("echo 'an ibis of {word}'")})]);
        let triggers = json!({"parent": false, "date": due.to_string()});
        let late = code(&json!({"parent": "root", "parameters": parameters, "triggers": triggers, "jobs": [job], "notification": told}));
        let branch = story.api.branch_with(&format!("{}-beside", story.name()), &[("late", &late)]).await?;
        Ok(Self { branch, word, far, rest })
    }

    /// How long a log rests that could not be indexed, from now on; gives how long it did before.
    async fn set_rest(story: &Story, seconds: &str) -> Result<Option<String>> {
        let deployment = story.place.deployment().context("a deployment")?;
        if deployment.facts.search.is_none() {
            return Ok(None);
        }
        let account = Aws::account(deployment);
        let queue = url(&account, "kraken-indexer").await?;
        set_rest(&account, &queue, seconds).await.map(Some)
    }

    /// Whether all of it is done. What the API fails with meanwhile is no answer.
    pub(super) async fn is_done(&self, story: &Story) -> bool {
        let Ok((flows, runs)) = self.came(story).await else { return false };
        let [run] = runs.as_slice() else { return false };
        let path = format!("/api/runs/{}/notices", run.id);
        let Ok(notices) = story.api.list::<NoticeView>(&path).await else { return false };
        let told = !notices.is_empty() && notices.iter().all(|notice| notice.state == "sent");
        told && flows.iter().all(|flow| flow.state == "completed")
            && (self.rest.is_none() || !self.lines(story).await.unwrap_or_default().is_empty())
    }

    /// The flows of its stage, and their runs.
    async fn came(&self, story: &Story) -> Result<(Vec<FlowView>, Vec<RunView>)> {
        let flows: Vec<FlowView> = story.api.list(&format!("/api/branches/{}/flows", self.branch)).await?;
        let mut runs = Vec::new();
        for flow in &flows {
            runs.extend(story.api.runs(flow).await?);
        }
        Ok((flows, runs))
    }

    async fn lines(&self, story: &Story) -> Result<Vec<String>> {
        let found = story.find(&format!("q=ibis%20{}&service=job", self.word)).await?;
        Ok(texts(&found).into_iter().map(str::to_owned).collect())
    }

    /// Makes sure that it was done once. Who is told may be told again of the same, when nobody knows whether it was heard.
    pub(super) async fn was_done_once(&self, story: &Story) -> Result<()> {
        let (flows, runs) = self.came(story).await?;
        assert_eq!((flows.len(), runs.len()), (1, 1), "its time came once: {flows:?}");
        ended(&story.api.only_job(&flows[0]).await?, Outcome::Ok)?;
        let told = self.far.told();
        assert!(!told.is_empty() && told.iter().all(|told| told.header("x-kraken-event") == "run.end"), "{told:?}");
        if let Some(rest) = &self.rest {
            assert_eq!(self.lines(story).await?, [format!("an ibis of {}", self.word)]);
            Self::set_rest(story, rest).await?;
        }
        Ok(())
    }
}
