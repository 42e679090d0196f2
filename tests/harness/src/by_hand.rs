//! An agent that a test plays itself, call by call: for moments that a real one passes too quickly.

use anyhow::{Context, Result};
use kraken_domain::{
    AgentId,
    agent::HostFacts,
    job::{Outcome, Verdict},
    place::Executor,
};
use kraken_protocol::agent::{
    AbandonRequest, ClaimRequest, Claimed, EnrolRequest, Enrolled, FinishRequest, Finished, HeartbeatAnswer, HeartbeatRequest, JobOrder,
    JobProgress, Session, SessionRequest,
};
use serde_json::Value;

use crate::{Api, eventually, wait_until};

/// A job as it was claimed.
pub type Offer = Box<JobOrder>;

/// An agent without a program.
#[derive(Clone, Debug)]
pub struct HandAgent {
    api: Api,
    /// Who it is.
    pub id: AgentId,
    /// Its secret.
    pub token: String,
    /// Names its installation; change it to be another one.
    pub installation: String,
}

/// What it says of its host.
fn facts() -> HostFacts {
    HostFacts {
        host: "by-hand".to_owned(),
        system: "debian-12".to_owned(),
        architecture: "x86_64".to_owned(),
        executors: [(Executor::Local, "1".to_owned())].into(),
        version: "0.1.0".to_owned(),
        ..HostFacts::default()
    }
}

impl HandAgent {
    /// Joins.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn enrol(api: &Api, name: &str, token: Option<&str>) -> Result<Self> {
        let installation = format!("installation of {name}");
        let request = EnrolRequest { name: Some(name.to_owned()), facts: facts(), installation: installation.clone(), secret: None };
        let enrolled: Enrolled = api.with_token(token).post("/api/agent/enrol", &request).await?;
        Ok(Self { api: api.with_token(Some(&enrolled.token)), id: enrolled.agent, token: enrolled.token, installation })
    }

    /// The API with this agent's token.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Opens or renews its session.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn session(&self) -> Result<Session> {
        let request = SessionRequest { facts: facts(), installation: self.installation.clone(), probe: false };
        self.api.post("/api/agent/session", &request).await
    }

    /// Claims the job that it is promised.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn claim(&self) -> Result<Option<Offer>> {
        let claimed: Claimed = self.api.post("/api/agent/claim", &ClaimRequest { installation: self.installation.clone() }).await?;
        Ok(claimed.job)
    }

    /// Waits until it is promised a job, without claiming it.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn is_promised(&self) -> Result<()> {
        wait_until("a promised job", async || Ok(self.beat(None).await?.claim)).await
    }

    /// Waits for a job and claims it.
    ///
    /// # Errors
    /// When none comes.
    pub async fn take(&self) -> Result<Offer> {
        self.is_promised().await?;
        self.claim().await?.context("a promised job can be claimed")
    }

    /// Waits until one of these is promised a job, and lets it claim it.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn first_of<'a>(agents: impl IntoIterator<Item = &'a Self>) -> Result<(&'a Self, Offer)> {
        let agents: Vec<_> = agents.into_iter().collect();
        eventually("a job promised to one of several agents", async || {
            for agent in &agents {
                if agent.beat(None).await?.claim {
                    return Ok(agent.claim().await?.map(|order| (*agent, order)));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Says that it lives, and works on `held`.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn beat(&self, held: Option<&Offer>) -> Result<HeartbeatAnswer> {
        let job = held.map(|order| JobProgress { job: order.job, generation: order.generation, steps: Vec::new() });
        let request = HeartbeatRequest { job, installation: self.installation.clone(), leaving: false };
        self.api.post("/api/agent/heartbeat", &request).await
    }

    /// Says that it ends.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn leave(&self) -> Result<HeartbeatAnswer> {
        let request = HeartbeatRequest { job: None, installation: self.installation.clone(), leaving: true };
        self.api.post("/api/agent/heartbeat", &request).await
    }

    /// Reports how the job went.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn finish(&self, order: &Offer, outcome: Outcome) -> Result<()> {
        let request = FinishRequest {
            job: order.job,
            generation: order.generation,
            verdict: Verdict::plain(outcome),
            steps: Vec::new(),
            more: false,
            installation: self.installation.clone(),
        };
        self.api.post::<Finished>("/api/agent/finish", &request).await.map(drop)
    }

    /// Reports how the job went and asks for the next one with the answer.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn finish_for_more(&self, order: &Offer, outcome: Outcome) -> Result<Option<Offer>> {
        let verdict = Verdict::plain(outcome);
        let request = FinishRequest {
            job: order.job,
            generation: order.generation,
            verdict,
            steps: Vec::new(),
            more: true,
            installation: self.installation.clone(),
        };
        Ok(self.api.post::<Finished>("/api/agent/finish", &request).await?.next)
    }

    /// Gives the job up.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn abandon(&self, order: &Offer) -> Result<()> {
        let request = AbandonRequest { job: order.job, generation: order.generation, untouched: false };
        self.api.post::<Value>("/api/agent/abandon", &request).await.map(drop)
    }
}
