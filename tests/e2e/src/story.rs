//! What a story has to itself on a place that it shares with others: a project, an agents group, agents, a folder.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use kraken_harness::{AgentProcess, Api, ApiFailure, HandAgent, code, leftovers, wait_until};
use kraken_protocol::api::EnrolmentTokenMade;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::places::{Kind, Place, Places};

/// One story.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) place: Arc<Place>,
    pub(crate) api: Api,
    name: String,
    /// The agents group that its jobs and its new agents are in.
    group: String,
    dir: PathBuf,
    agents: usize,
    by_hand: Vec<HandAgent>,
}

impl Story {
    /// Begins the story `name`: its project and its agents group are called so.
    pub(crate) async fn begin(places: &Places, kind: Kind, name: &str) -> Result<Self> {
        let place = places.get(kind).await?;
        // A deployment may be used more than once.
        let name = format!("{}-{}", name.replace('_', "-"), std::process::id());
        Self::on(place, name.clone(), places.dir().join("stories").join(format!("{name}-{kind:?}"))).await
    }

    /// The same story on another place, which nobody shares.
    pub(crate) async fn moved_to(&self, place: Arc<Place>) -> Result<Self> {
        Self::on(place, self.name.clone(), self.dir.join("moved")).await
    }

    async fn on(place: Arc<Place>, name: String, dir: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&dir)?;
        let api = place.api()?;
        api.post::<Value>("/api/groups", &json!({"name": name})).await?;
        Ok(Self { place, api, group: name.clone(), name, dir, agents: 0, by_hand: Vec::new() })
    }

    /// The name of its project and its agents group.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// From now on its jobs and its new agents are in that agents group, which is there.
    pub(crate) fn use_group(&mut self, group: &str) {
        group.clone_into(&mut self.group);
    }

    /// A folder of its own.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its project, with a branch of these stages; gives the branch's id.
    pub(crate) async fn branch(&self, stages: &[(&str, String)]) -> Result<String> {
        let stages: Vec<(&str, &str)> = stages.iter().map(|(name, code)| (*name, code.as_str())).collect();
        self.api.branch_with(&self.name, &stages).await
    }

    /// A job for its own agents.
    pub(crate) fn job(&self, name: &str, steps: &[Value]) -> Value {
        json!({"name": name, "steps": steps, "environments": [{"system": "any", "agents_group": self.group}]})
    }

    /// A root stage with one job of these steps.
    pub(crate) fn stage(&self, steps: &[Value]) -> String {
        code(&json!({"parent": "root", "jobs": [self.job("job", steps)]}))
    }

    /// A root stage whose only step runs `cmd`.
    pub(crate) fn shell(&self, cmd: &str) -> String {
        self.stage(&[json!({"tool": "shell", "cmd": cmd})])
    }

    /// A stage that starts when `parent` is done, with one job of these steps.
    pub(crate) fn child(&self, parent: &str, steps: &[Value]) -> String {
        code(&json!({"parent": parent, "triggers": {"parent": true}, "jobs": [self.job("job", steps)]}))
    }

    /// A stage below `parent`, started in these ways, with one job of these steps.
    pub(crate) fn triggered(&self, parent: &str, triggers: &Value, steps: &[Value]) -> String {
        code(&json!({"parent": parent, "triggers": triggers, "jobs": [self.job("job", steps)]}))
    }

    /// A token with which an agent joins its group.
    pub(crate) async fn enrolment_token(&self) -> Result<String> {
        let made: EnrolmentTokenMade = self.api.post("/api/enrolment-tokens", &json!({"groups": [self.group]})).await?;
        Ok(made.secret)
    }

    fn next_agent(&mut self) -> String {
        self.agents += 1;
        format!("{}-{}", self.name, self.agents)
    }

    /// A new agent of its group, idle.
    pub(crate) async fn agent(&mut self) -> Result<AgentProcess> {
        let (name, token) = (self.next_agent(), self.enrolment_token().await?);
        let agent = AgentProcess::start(self.api.url(), &self.dir.join(&name), &name, Some(&token))?;
        self.agent_is(&agent, "idle").await?;
        Ok(agent)
    }

    /// Starts the program of an agent again, with the state that it has.
    pub(crate) fn again(&self, agent: &AgentProcess) -> Result<AgentProcess> {
        AgentProcess::start(self.api.url(), agent.state_dir(), agent.name(), None)
    }

    /// Waits until the server thinks that of an agent.
    pub(crate) async fn agent_is(&self, agent: &AgentProcess, state: &str) -> Result<()> {
        let so = async || Ok(self.api.agent_named(agent.name()).await?.is_some_and(|agent| agent.state == state));
        wait_until(&format!("{} to be {state}", agent.name()), so).await.with_context(|| agent.said().unwrap_or_default())
    }

    /// An agent of its group that the story plays itself, idle.
    pub(crate) async fn agent_by_hand(&mut self) -> Result<HandAgent> {
        let (name, token) = (self.next_agent(), self.enrolment_token().await?);
        let agent = HandAgent::enrol(&self.api, &name, Some(&token)).await?;
        agent.session().await?;
        self.by_hand.push(agent.clone());
        Ok(agent)
    }

    /// Deletes the agents that the story played itself: idle for good, they would be promised the jobs of others.
    pub(crate) async fn dismiss(&mut self) -> Result<()> {
        for agent in self.by_hand.drain(..) {
            let deleted = self.api.delete(&format!("/api/agents/{}", agent.id)).await;
            if let Err(error) = deleted
                && error.downcast_ref::<ApiFailure>().is_none_or(|refused| refused.status != StatusCode::NOT_FOUND)
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Ends the story: its agents finish, and nothing of any job may be left.
    pub(crate) async fn end(mut self, agents: impl IntoIterator<Item = AgentProcess>) -> Result<()> {
        for mut agent in agents {
            agent.finish().await?;
        }
        self.dismiss().await?;
        leftovers::none_below(&self.dir).await
    }
}
