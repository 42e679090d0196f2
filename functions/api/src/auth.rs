//! Who calls: by bearer token.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use kraken_control::{Control, ControlError, setup::Caller, transfer::refused_since};
use kraken_domain::AgentId;

use crate::{audit, problem::ApiError};

/// A person or a program, known by a valid token. Agents are turned away: their token is on every build host.
pub(crate) struct Auth(pub(crate) Caller);

impl FromRequestParts<Control> for Auth {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Result<Self, ApiError> {
        // What changes something is refused while only a part of the system is here; what brings the rest, or takes it away, is not, nor what
        // lets somebody look.
        let path = parts.uri.path();
        let (caller, importing_since) = if parts.method.is_safe() || path.starts_with("/api/import") || path == "/api/sign-in-codes" {
            (caller(parts, control).await?, None)
        } else {
            let (caller, since) = control.caller_and_import(secret(parts)?).await?;
            (noted(caller), since)
        };
        match caller {
            Caller::Agent(_) => {
                Err(ControlError::Forbidden("an agent's token is only good for what agents do: use an API token".into()).into())
            }
            person @ Caller::User { .. } => {
                refused_since(importing_since)?;
                audit::note(parts, control, &person);
                Ok(Self(person))
            }
        }
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
    Ok(noted(control.caller(secret(parts)?).await?))
}

fn secret(parts: &Parts) -> Result<&str, ControlError> {
    bearer(parts).ok_or_else(|| ControlError::Unauthorised("no token: send one as 'Authorization: Bearer …'".into()))
}

/// The caller, noted with the request.
fn noted(caller: Caller) -> Caller {
    let span = tracing::Span::current();
    match &caller {
        Caller::User { token, name, .. } => _ = span.record("token.id", tracing::field::display(token)).record("token.name", name),
        Caller::Agent(agent) => _ = span.record("agent.id", tracing::field::display(agent)),
    }
    caller
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
