//! An agent starts to work, or goes on: it says what it is, and gets what it needs for a while.

use jiff::SignedDuration;
use kraken_cloud::AgentAccess;
use kraken_domain::{
    AgentId, JobId, Timestamp,
    agent::{Agent, AgentEvent, AgentState},
    job::{Generation, JobEvent, JobState},
};
use kraken_protocol::agent::{Session, SessionRequest, TemporaryCredentials};
use kraken_store::{Commit, Seen, Versioned};

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
        let access = if authorised { self.credentials.for_agent(agent.id, now, expires).await? } else { AgentAccess::none(now) };
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
        if request.probe {
            refuse_replaced(&read, &request.installation)?;
            return Ok(read.value);
        }
        refuse_second_installation(&read, seen.as_ref(), &request.installation, now)?;
        if is_another(&read, &request.installation) {
            self.take_back_from_installation(&read, now).await?;
        }

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
        commit.overwrite(&Seen { agent: id, at: now, silent_at: Some(self.silent_at(now)) })?;
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(next)
    }
}

impl Control {
    /// When an agent that was heard of at `at` counts as silent.
    pub(super) fn silent_at(&self, at: Timestamp) -> Timestamp {
        later(at, self.settings.silent_after_s)
    }

    /// What the silent installation was promised or held goes back to the queue before another one speaks for the agent: the
    /// other must not be handed a job that the first one may still be working on.
    async fn take_back_from_installation(&self, agent: &Agent, now: Timestamp) -> Result<(), Attempt> {
        let Some(job) = agent.job() else { return Ok(()) };
        let Some(read) = self.store.job(job).await?.filter(|job| job.holder() == Some(agent.id)) else { return Ok(()) };
        let event = match read.state {
            JobState::Running { lease_until, .. } if now < lease_until => {
                return Err(in_use(agent, format!("it may still be working on job {job}"), lease_until, now).into());
            }
            JobState::Running { .. } => JobEvent::Tick,
            _ => JobEvent::Decline { agent: agent.id },
        };
        let moved = read.on(event, now).map_err(ControlError::from)?;
        self.commit_job(&read, moved, Some(AgentEvent::Silent)).await?;
        // The agent's record has changed with it.
        Err(Attempt::Again)
    }
}

fn is_another(agent: &Agent, installation: &str) -> bool {
    agent.installation.as_deref().is_some_and(|known| known != installation)
}

/// An installation that was replaced by another while it was silent must not go on beside it. One of an older version does not
/// say its name.
pub(super) fn refuse_replaced(agent: &Agent, installation: &str) -> Result<(), ControlError> {
    if installation.is_empty() || !is_another(agent, installation) {
        return Ok(());
    }
    Err(ControlError::AgentInUse(format!(
        "another installation, on {}, took over agent {} ({}) while nothing was heard of this one. Enrol this host as an agent of its own",
        agent.facts.host, agent.name, agent.id,
    )))
}

/// Two agents with one token would both believe to hold the same job. The one that is alive keeps it.
fn refuse_second_installation(
    agent: &Agent,
    seen: Option<&Versioned<Seen>>,
    installation: &str,
    now: Timestamp,
) -> Result<(), ControlError> {
    let living = seen.filter(|_| is_another(agent, installation)).and_then(|seen| Some((seen.at, seen.silent_at?)));
    match living {
        Some((at, silent_at)) if now < silent_at => {
            let heard = format!("it was last heard of {} s ago", now.duration_since(at).as_secs());
            Err(in_use(agent, heard, silent_at, now))
        }
        _ => Ok(()),
    }
}

fn in_use(agent: &Agent, why: String, until: Timestamp, now: Timestamp) -> ControlError {
    ControlError::AgentInUse(format!(
        "another installation of agent {} ({}) is using its token; {why} on {}. Enrol this host as an agent of its own, or stop the other one and wait {} s",
        agent.name,
        agent.id,
        agent.facts.host,
        until.duration_since(now).as_secs() + 1,
    ))
}

/// The key prefix of what one try of a job stores.
pub(super) fn try_prefix(agent: AgentId, job: JobId, generation: Generation) -> String {
    format!("{}jobs/{job}/{}/", prefix(agent), generation.0)
}

/// Where agents store, each under its own id.
pub(crate) const AGENTS_PREFIX: &str = "agents/";

/// The key prefix of an agent.
pub(crate) fn prefix(agent: AgentId) -> String {
    format!("{AGENTS_PREFIX}{agent}/")
}

pub(crate) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
