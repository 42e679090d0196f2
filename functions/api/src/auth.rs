//! Who calls: by bearer token.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use kraken_control::{Control, ControlError, setup::Caller};
use kraken_domain::AgentId;

use crate::problem::ApiError;

/// A person or a program, known by a valid token. Agents are turned away: their token is on every build host.
pub(crate) struct Auth(pub(crate) Caller);

impl FromRequestParts<Control> for Auth {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Result<Self, ApiError> {
        match caller(parts, control).await? {
            Caller::Agent(_) => {
                Err(ControlError::Forbidden("an agent's token is only good for what agents do: use an API token".into()).into())
            }
            person @ Caller::User { .. } => {
                writable(parts, control).await?;
                Ok(Self(person))
            }
        }
    }
}

/// What changes something is refused while only a part of the system is here; what brings the rest, or takes it away, is not.
async fn writable(parts: &Parts, control: &Control) -> Result<(), ControlError> {
    let path = parts.uri.path();
    if parts.method.is_safe() || path.starts_with("/api/import") {
        return Ok(());
    }
    let in_a_project = ["/api/branches/", "/api/stages/", "/api/flows/", "/api/runs/", "/api/jobs/"];
    if in_a_project.iter().any(|part| path.starts_with(part)) {
        control.projects_must_be_whole().await
    } else {
        control.must_be_whole().await
    }
}

/// An agent, known by its token.
pub(crate) struct AsAgent(pub(crate) AgentId);

impl FromRequestParts<Control> for AsAgent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Result<Self, ApiError> {
        Ok(Self(caller(parts, control).await?.agent()?))
    }
}

async fn caller(parts: &Parts, control: &Control) -> Result<Caller, ApiError> {
    let secret = bearer(parts).ok_or_else(|| ControlError::Unauthorised("no token: send one as 'Authorization: Bearer …'".into()))?;
    let caller = control.caller(secret).await?;
    let span = tracing::Span::current();
    match &caller {
        Caller::User { token, name, .. } => _ = span.record("token.id", tracing::field::display(token)).record("token.name", name),
        Caller::Agent(agent) => _ = span.record("agent.id", tracing::field::display(agent)),
    }
    Ok(caller)
}

/// The bearer token of a request, if it has one.
pub(crate) struct Secret(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Secret {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(bearer(parts).map(str::to_owned)))
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, secret) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}
