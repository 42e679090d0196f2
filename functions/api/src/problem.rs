//! Errors as RFC 9457 problem documents.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kraken_control::ControlError;
use kraken_protocol::api::{FieldProblem, Problem};

/// An error on its way out. The outermost layer adds the request's id and writes the body.
#[derive(Debug)]
pub(crate) struct ApiError(pub(crate) ControlError);

impl<E: Into<ControlError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// What handlers answer.
pub(crate) type Answer<T> = Result<T, ApiError>;

/// Left in a response's extensions for the outermost layer.
#[derive(Clone, Debug)]
pub(crate) struct Unwritten(pub(crate) Problem);

struct Kind {
    status: StatusCode,
    name: &'static str,
    title: &'static str,
}

fn kind(error: &ControlError) -> Kind {
    let (status, name, title) = match error {
        ControlError::NotFound { .. } => (StatusCode::NOT_FOUND, "not-found", "Not found"),
        ControlError::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is wrong"),
        ControlError::Conflict(_) => (StatusCode::CONFLICT, "conflict", "Not in this state"),
        ControlError::Moved(_) => (StatusCode::PRECONDITION_FAILED, "moved", "Of another version by now"),
        ControlError::Stale(_) => (StatusCode::CONFLICT, "stale-generation", "The job is no longer yours"),
        ControlError::AgentInUse(_) => (StatusCode::CONFLICT, "agent-in-use", "The agent is in use"),
        ControlError::Unauthorised(_) => (StatusCode::UNAUTHORIZED, "unauthorised", "Who are you?"),
        ControlError::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
        ControlError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
        ControlError::BadLog { .. } => (StatusCode::CONFLICT, "bad-log", "The log is damaged"),
        ControlError::Unavailable(_) | ControlError::NoAnswer { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again later"),
        ControlError::Damaged(_) | ControlError::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "A defect"),
    };
    Kind { status, name, title }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Kind { status, name, title } = kind(&self.0);
        let detail = match &self.0 {
            // What broke inside is for the log, not for the caller.
            ControlError::Damaged(detail) | ControlError::Internal(detail) => {
                tracing::error!(detail, "a request failed");
                "something broke on the server; its log has the details under the request id".to_owned()
            }
            // What a service said names hosts and requests: callers may be anybody.
            ControlError::NoAnswer { service, detail } => {
                tracing::warn!(service, detail, "something needed did not answer");
                format!("{service} does not answer now: try again in a moment")
            }
            ControlError::Unavailable(detail) => {
                tracing::warn!(detail, "something needed did not answer");
                self.0.to_string()
            }
            ControlError::BadLog { .. } => {
                tracing::warn!(error = %self.0, "a stored log cannot be read");
                self.0.to_string()
            }
            _ => self.0.to_string(),
        };
        let errors = match self.0 {
            ControlError::Invalid(errors) => errors,
            _ => Vec::new(),
        };
        unwritten(status, name, title, detail, errors)
    }
}

fn unwritten(status: StatusCode, name: &str, title: &str, detail: String, errors: Vec<FieldProblem>) -> Response {
    let problem = Problem {
        kind: format!("/problems/{name}"),
        title: title.to_owned(),
        status: status.as_u16(),
        detail,
        request_id: String::new(),
        errors,
    };
    let mut response = status.into_response();
    response.extensions_mut().insert(Unwritten(problem));
    response
}

/// Writes the problem's body.
pub(crate) fn written(mut response: Response, mut problem: Problem, request_id: &str) -> Response {
    problem.request_id = request_id.to_owned();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    if problem.status == StatusCode::SERVICE_UNAVAILABLE.as_u16() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    *response.body_mut() = Body::from(body);
    response
}

/// What the framework refuses by itself, before any handler sees it: a path that is not text, say.
pub(crate) async fn of_refusal(response: &mut Response) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let said = axum::body::to_bytes(std::mem::take(response.body_mut()), SAID_MAX).await.unwrap_or_default();
    let detail = String::from_utf8_lossy(&said).into_owned();
    let (kind, title) = if status.is_client_error() { ("invalid", "The request is wrong") } else { ("internal", "A defect") };
    Some(Problem {
        kind: format!("/problems/{kind}"),
        title: title.to_owned(),
        status: status.as_u16(),
        detail: if detail.is_empty() { status.to_string() } else { detail },
        request_id: String::new(),
        errors: Vec::new(),
    })
}

/// Bytes of a refusal's words that are passed on.
const SAID_MAX: usize = 4096;

/// For paths that are not in the API.
pub(crate) async fn no_such_path(uri: axum::http::Uri) -> Response {
    let detail = format!("there is nothing at {}: see /api/openapi.json", uri.path());
    unwritten(StatusCode::NOT_FOUND, "not-found", "Not found", detail, Vec::new())
}

/// For methods that a path does not have.
pub(crate) async fn no_such_method(method: axum::http::Method, uri: axum::http::Uri) -> Response {
    let detail = format!("{} cannot be called with {method}: see /api/openapi.json", uri.path());
    unwritten(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "No such method", detail, Vec::new())
}

#[cfg(test)]
mod tests;
