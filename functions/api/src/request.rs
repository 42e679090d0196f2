//! Around every request: its id, its log line, its problem document. And the parts that handlers take from it.

use std::{str::FromStr, time::Instant};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request, State},
    http::{HeaderValue, request::Parts},
    middleware::Next,
    response::Response,
};
use kraken_control::{Control, ControlError};
use kraken_domain::{FlowId, JobId, RunId};
use serde::de::DeserializeOwned;
use tracing::{Instrument, Span, field::Empty};

use crate::{
    problem::{self, ApiError, Unwritten},
    size,
};

const REQUEST_ID: &str = "x-request-id";

/// Names a request, in its answer, in the log and in the audit log.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// The outermost layer: gives the request an id, logs it once, and writes problem documents.
pub(crate) async fn outermost(State(control): State<Control>, mut request: Request, next: Next) -> Response {
    let id = control.ids.unique();
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    // The others are recorded as they become known.
    let span = tracing::info_span!(
        "request",
        request.id = id,
        http.method = %method,
        http.path = path,
        token.id = Empty,
        token.name = Empty,
        agent.id = Empty,
        flow.id = Empty,
        run.id = Empty,
        job.id = Empty,
    );
    let began = Instant::now();
    let mut response = kraken_store::audit::answering(next.run(request)).instrument(span.clone()).await;
    if let Some(most) = control.settings.answer_bytes_max {
        response = size::bounded(response, most).await;
    }
    let problem = match response.extensions_mut().remove::<Unwritten>() {
        Some(Unwritten(problem)) => Some(problem),
        None => problem::of_refusal(&mut response).await,
    };
    if let Some(problem) = problem {
        response = problem::written(response, problem, &id);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let duration_ms = began.elapsed().as_secs_f64() * 1e3;
    tracing::debug!(parent: &span, http.status = response.status().as_u16(), duration_ms, "answered a request");
    response
}

/// A JSON body. What is wrong with it is said with its place.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        read(request, state, |error| error.to_string()).await.map(Self)
    }
}

/// A JSON body with secrets in it: what is said of a wrong one quotes none of its values.
pub(crate) struct SecretJson<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for SecretJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        read(request, state, unquoted).await.map(Self)
    }
}

async fn read<T: DeserializeOwned, S: Send + Sync>(
    request: Request,
    state: &S,
    words: fn(&serde_json::Error) -> String,
) -> Result<T, ApiError> {
    let bytes = body(request, state).await?;
    parsed(if bytes.is_empty() { b"{}" } else { &bytes }, words)
}

/// All of a request's body. Only the bytes themselves say whether there is one: a body that comes in chunks may be empty, too.
pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            ApiError(ControlError::TooLarge(format!("the body is larger than {} bytes", crate::BODY_MAX)))
        } else {
            ApiError(ControlError::invalid("", format!("the body could not be read: {rejection}")))
        }
    })
}

/// A body as what it is expected to be; `words` says what is wrong with it.
pub(crate) fn parsed<T: DeserializeOwned>(bytes: &[u8], words: fn(&serde_json::Error) -> String) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = pointer(error.path());
        ApiError(ControlError::invalid(path, format!("the body is not as expected: {}", words(error.inner()))))
    })?;
    reader.end().map_err(|error| ApiError(ControlError::invalid("", format!("the body goes on after its JSON: {error}"))))?;
    Ok(value)
}

/// What was expected, without what came in its place.
fn unquoted(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // The parser's own words name characters and places; those about a value begin with it.
    if !error.is_data() || text.starts_with("missing field ") {
        return text;
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => format!("line {}, column {} is of another form", error.line(), error.column()),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let parts = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    parts.collect()
}

/// Query parameters.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError(ControlError::invalid("/query", rejection.body_text()))),
        }
    }
}

/// Notes a flow in what is logged of this request.
pub(crate) fn note_flow(flow: FlowId) {
    Span::current().record("flow.id", tracing::field::display(flow));
}

/// Notes a run, and its flow.
pub(crate) fn note_run(run: RunId) {
    note_flow(run.flow);
    Span::current().record("run.id", tracing::field::display(run));
}

/// Notes a job, its run and its flow.
pub(crate) fn note_job(job: JobId) {
    note_run(job.run);
    Span::current().record("job.id", tracing::field::display(job));
}

/// Notes an id of the path, if it is one of those that lines are looked for by.
fn note(field: &str, text: &str) {
    match field {
        "flow" => text.parse().map(note_flow).unwrap_or_default(),
        "run" => text.parse().map(note_run).unwrap_or_default(),
        "job" => text.parse().map(note_job).unwrap_or_default(),
        "agent" => _ = Span::current().record("agent.id", text),
        _ => {}
    }
}

/// An id out of the path.
pub(crate) fn id<T: FromStr>(field: &str, text: &str) -> Result<T, ApiError>
where
    T::Err: std::fmt::Display,
{
    note(field, text);
    text.parse().map_err(|error: T::Err| ApiError(ControlError::invalid(format!("/path/{field}"), error.to_string())))
}

#[cfg(test)]
mod tests;
