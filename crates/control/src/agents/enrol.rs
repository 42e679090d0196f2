//! An agent joins: with an enrolment token at once, without one when an administrator lets it in.

use std::collections::BTreeSet;

use kraken_domain::{
    Timestamp,
    agent::{Agent, AgentState},
    record::check_plain_name,
};
use kraken_protocol::agent::{EnrolRequest, Enrolled};
use kraken_store::{Bearer, Commit, CommitError, Entity, Guard, Seen, Token, Versioned, secret_hash};

use crate::{Control, ControlError};

impl Control {
    /// Makes an agent, its token and its queue. `token`: the enrolment token, if the caller has one. Repeated with the secret
    /// that the agent made for itself, it gives the same agent.
    ///
    /// # Errors
    /// [`ControlError::Unauthorised`] when the token is unknown, used up or has ended; [`ControlError::Invalid`] for a bad name.
    pub async fn enrol(&self, token: Option<&str>, request: EnrolRequest) -> Result<Enrolled, ControlError> {
        if let Some(enrolled) = self.enrolled_before(&request).await? {
            return Ok(enrolled);
        }
        self.must_be_whole().await?;
        let now = self.clock.now();
        let enrolment = match token {
            Some(secret) => Some(self.enrolment_token(secret, now).await?),
            None => None,
        };
        let secret = match request.secret {
            Some(secret) if !secret.is_well_formed() => {
                return Err(ControlError::invalid(
                    "/secret",
                    "the agent's own token is not well formed: expected 'kraken_agent_' and 64 hexadecimal digits",
                ));
            }
            Some(secret) => secret.0,
            None => self.ids.secret("agent"),
        };
        let name = request.name.unwrap_or_else(|| request.facts.host.clone());
        check_plain_name(&name).map_err(|error| ControlError::name("/name", error))?;

        let id = self.ids.agent(now);
        let authorised = enrolment.is_some();
        // Whoever merely asks to join costs nothing but a record.
        if authorised {
            self.queues.create_agent_queue(id).await?;
        }
        let groups: BTreeSet<String> = match enrolment.as_ref().map(|token| &token.bearer) {
            Some(Bearer::Enrolment { groups, .. }) => groups.iter().cloned().collect(),
            _ => BTreeSet::new(),
        };
        // Idle from its first session on, not before: it cannot take a job yet.
        let state = if authorised { AgentState::Offline { since: now, left: false } } else { AgentState::Discovered };
        let agent = Agent {
            id,
            name: name.clone(),
            groups,
            facts: request.facts,
            created_at: now,
            installation: Some(request.installation),
            state,
        };
        let token = Token {
            id: self.ids.token(now),
            hash: secret_hash(&secret),
            name,
            created_at: now,
            expires_at: None,
            bearer: Bearer::Agent { agent: id },
        };
        let mut commit = Commit::new();
        commit.create(&agent)?.create(&token)?.create(&Seen { agent: id, at: now, silent_at: None })?;
        commit.require_absent(&Guard::NO_IMPORT);
        if let Some(enrolment) = &enrolment
            && matches!(enrolment.bearer, Bearer::Enrolment { reusable: false, .. })
        {
            commit.delete(enrolment);
        }
        match self.store.commit(commit).await {
            Ok(()) => Ok(Enrolled { agent: id, token: secret, authorised }),
            Err(refused) if refused.refused(&Guard::NO_IMPORT.key()) => Err(self.unfinished_import().await),
            Err(CommitError::Refused(_)) => {
                Err(ControlError::Unauthorised("the enrolment token was used a moment ago by another agent".into()))
            }
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// The answer to a call that was answered already, should the answer have been lost: only who made the secret knows it.
    async fn enrolled_before(&self, request: &EnrolRequest) -> Result<Option<Enrolled>, ControlError> {
        let Some(secret) = &request.secret else { return Ok(None) };
        let Some(Bearer::Agent { agent }) = self.store.token(&secret.0).await?.map(|token| token.value.bearer) else { return Ok(None) };
        let Some(read) = self.store.agent(agent).await? else { return Ok(None) };
        let authorised = !matches!(read.state, AgentState::Discovered | AgentState::Deleted);
        Ok(Some(Enrolled { agent, token: secret.0.clone(), authorised }))
    }

    async fn enrolment_token(&self, secret: &str, now: Timestamp) -> Result<Versioned<Token>, ControlError> {
        let unknown =
            || ControlError::Unauthorised("the enrolment token is unknown or was used up: ask an administrator for a new one".into());
        let token = self.store.token(secret).await?.ok_or_else(unknown)?;
        match (&token.bearer, token.expires_at) {
            (Bearer::Enrolment { .. }, Some(end)) if end <= now => {
                Err(ControlError::Unauthorised(format!("the enrolment token ended at {end}: ask an administrator for a new one")))
            }
            (Bearer::Enrolment { .. }, _) => Ok(token),
            (Bearer::User { .. } | Bearer::Agent { .. } | Bearer::SignIn { .. }, _) => Err(unknown()),
        }
    }
}
