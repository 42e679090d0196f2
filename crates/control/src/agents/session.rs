//! An agent starts to work, or goes on: it says what it is, and gets what it needs for a while.

use jiff::SignedDuration;
use kraken_cloud::AgentAccess;
use kraken_domain::{
    AgentId, Timestamp,
    agent::{Agent, AgentEvent, AgentState, SILENT_AFTER_S},
};
use kraken_protocol::agent::{Session, SessionRequest, TemporaryCredentials};
use kraken_store::{Commit, Seen, Versioned};

use super::enrol::silent_at;
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Opens or renews the session of `agent`.
    ///
    /// # Errors
    /// [`ControlError::AgentInUse`] when another living installation speaks with the same token.
    pub async fn open_session(&self, agent: AgentId, request: SessionRequest) -> Result<Session, ControlError> {
        let agent = decide!(self.try_open_session(agent, &request))?;
        let now = self.clock.now();
        let expires = later(now, self.settings.credentials_s);
        let authorised = !matches!(agent.state, AgentState::Discovered | AgentState::Deleted);
        if authorised {
            // It is there, unless the queues were lost: then wake-ups would come late from now on.
            self.queues.create_agent_queue(agent.id).await?;
        }
        let access = if authorised { self.credentials.for_agent(agent.id, expires) } else { AgentAccess::none(now) };
        Ok(Session {
            agent: agent.id,
            authorised,
            server_time: now,
            queue_url: self.queues.agent_queue_url(agent.id),
            queue_endpoint: self.credentials.queue_endpoint.clone(),
            object_endpoint: self.credentials.object_endpoint.clone(),
            region: self.credentials.region.clone(),
            bucket: self.objects.bucket().to_owned(),
            prefix: prefix(agent.id),
            credentials: TemporaryCredentials {
                access_key_id: access.access_key_id,
                secret_access_key: access.secret_access_key,
                session_token: access.session_token,
                expires: access.expires,
            },
            intervals: self.settings.intervals,
        })
    }

    async fn try_open_session(&self, id: AgentId, request: &SessionRequest) -> Result<Agent, Attempt> {
        let now = self.clock.now();
        let read = self.agent(id).await?;
        let seen = self.store.seen(&[id]).await?.into_iter().next().flatten();
        refuse_second_installation(&read, seen.as_ref(), &request.installation, now)?;

        let mut next = Agent { facts: request.facts.clone(), installation: Some(request.installation.clone()), ..read.value.clone() };
        let mut effects = Vec::new();
        if let Ok(moved) = next.on(AgentEvent::Seen, now) {
            next = moved.next;
            effects = moved.effects;
        }
        let mut commit = Commit::new();
        if next != read.value {
            commit.replace(&read, &next)?;
        }
        commit.overwrite(&Seen { agent: id, at: now, silent_at: Some(silent_at(now)) })?;
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(next)
    }
}

/// Two agents with one token would both believe to hold the same job. The one that is alive keeps it.
fn refuse_second_installation(
    agent: &Agent,
    seen: Option<&Versioned<Seen>>,
    installation: &str,
    now: Timestamp,
) -> Result<(), ControlError> {
    let another = agent.installation.as_deref().is_some_and(|known| known != installation);
    let Some(seen) = seen.filter(|seen| another && seen.silent_at.is_some_and(|silent_at| now < silent_at)) else { return Ok(()) };
    Err(ControlError::AgentInUse(format!(
        "another installation of agent {} ({}) is using its token; it was last heard of {} s ago on {}. Enrol this host as an agent of its own, or stop the other one and wait {SILENT_AFTER_S} s",
        agent.name,
        agent.id,
        now.duration_since(seen.at).as_secs(),
        agent.facts.host,
    )))
}

/// The key prefix of an agent.
pub(crate) fn prefix(agent: AgentId) -> String {
    format!("agents/{agent}/")
}

pub(crate) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
