//! Logs: by line, from the end, by text, whole.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use kraken_control::{
    Control, ControlError,
    logs::{LogQuery, WholeLog},
};
use kraken_domain::{access::Role, job::Job};
use kraken_protocol::api::{ArtifactAddress, LogLines, LogMatches, Problem};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, jobs::allowed, problem::Answer, request::Asked};

const LINES_MAX: u64 = 10_000;
const LINES_DEFAULT: u64 = 1000;
const MATCHES_DEFAULT: usize = 100;

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(lines)).routes(routes!(search)).routes(routes!(download))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LinesAsked {
    /// Number of the first line, from 0.
    from: Option<u64>,
    /// The most lines to give: 1 to 10,000, 1,000 when absent. Fewer come when they are long.
    limit: Option<u64>,
    /// Instead: so many lines from the end.
    tail: Option<u64>,
    /// Of an earlier try of the job, which its agent was lost with: 1 is the first one.
    r#try: Option<usize>,
}

/// Lines of a job's log.
#[utoipa::path(get, path = "/api/jobs/{job}/log", tag = "logs", params(("job" = String, Path), LinesAsked),
    responses((status = 200, body = LogLines), (status = 404, body = Problem)))]
async fn lines(
    State(control): State<Control>,
    auth: Auth,
    Path(job): Path<String>,
    Asked(asked): Asked<LinesAsked>,
) -> Answer<Body<LogLines>> {
    let job = of_try(allowed(&control, &auth, &job, Role::Viewer).await?.value, asked.r#try)?;
    let limit = within("limit", asked.limit.unwrap_or(LINES_DEFAULT))?;
    let lines = match asked.tail {
        Some(count) => control.log_tail(&job, within("tail", count)?).await?,
        None => control.log_lines(&job, asked.from.unwrap_or(0), limit).await?,
    };
    Ok(Body(lines))
}

fn within(field: &str, count: u64) -> Result<u64, ControlError> {
    if (1..=LINES_MAX).contains(&count) {
        return Ok(count);
    }
    Err(ControlError::invalid(format!("/query/{field}"), format!("{count} lines cannot be given at once: expected 1 to {LINES_MAX}")))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchAsked {
    /// What to look for.
    q: String,
    /// Whether it is a regular expression. A plain text matches in any case.
    regex: Option<bool>,
    /// Number of the line to begin at.
    from: Option<u64>,
    /// The most lines to find: 1 to 10,000, 100 when absent.
    limit: Option<u64>,
    /// Of an earlier try of the job: 1 is the first one.
    r#try: Option<usize>,
}

/// Lines of a job's log that match.
#[utoipa::path(get, path = "/api/jobs/{job}/log/search", tag = "logs", params(("job" = String, Path), SearchAsked),
    responses((status = 200, body = LogMatches), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn search(
    State(control): State<Control>,
    auth: Auth,
    Path(job): Path<String>,
    Asked(asked): Asked<SearchAsked>,
) -> Answer<Body<LogMatches>> {
    let job = of_try(allowed(&control, &auth, &job, Role::Viewer).await?.value, asked.r#try)?;
    let limit = match asked.limit {
        Some(limit) => usize::try_from(within("limit", limit)?).unwrap_or(MATCHES_DEFAULT),
        None => MATCHES_DEFAULT,
    };
    let query = LogQuery { text: asked.q, regex: asked.regex.unwrap_or(false), from: asked.from.unwrap_or(0), limit };
    Ok(Body(control.search_log(&job, &query).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DownloadAsked {
    /// Of an earlier try of the job: 1 is the first one.
    r#try: Option<usize>,
    /// `true`: the answer is the address of the log as a file, packed with gzip, once it is one; `409` before that.
    address: Option<bool>,
}

/// The job with the log of that try; the newest one when none is named.
fn of_try(mut job: Job, number: Option<usize>) -> Result<Job, ControlError> {
    let Some(number) = number else { return Ok(job) };
    let mut logs = std::mem::take(&mut job.earlier_logs);
    logs.extend(job.log_prefix.take());
    let tries = logs.len();
    let Some(index) = number.checked_sub(1).filter(|index| *index < tries) else {
        return Err(ControlError::invalid("/query/try", format!("there is no try {number} of job {}: it has {tries} with a log", job.id)));
    };
    job.log_prefix = Some(logs.swap_remove(index));
    Ok(job)
}

/// A job's whole log as it was written. Where answers are bounded, a long one is a redirect to a file that is packed with gzip, and one that
/// is still written must be read by lines.
#[utoipa::path(get, path = "/api/jobs/{job}/log/download", tag = "logs", params(("job" = String, Path), DownloadAsked),
    responses((status = 200, content((String = "text/plain"), (ArtifactAddress = "application/json"))), (status = 307), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem)))]
async fn download(
    State(control): State<Control>,
    auth: Auth,
    Path(job): Path<String>,
    Asked(asked): Asked<DownloadAsked>,
) -> Answer<Response> {
    let job = of_try(allowed(&control, &auth, &job, Role::Viewer).await?.value, asked.r#try)?;
    if asked.address.unwrap_or(false) {
        let (url, expires) = control.log_address(&job).await?;
        // It is only good for a while, and opens the log for whoever has it.
        return Ok(([(header::CACHE_CONTROL, "no-store")], Body(ArtifactAddress { url, expires })).into_response());
    }
    let disposition = format!("attachment; filename=\"{}.log\"", job.id);
    let body = match control.whole_log(job).await? {
        WholeLog::Packed { url } => return Ok(Redirect::temporary(&url).into_response()),
        WholeLog::Stream(stream) => axum::body::Body::from_stream(stream),
        // A function would mend bytes that are no text if they were called text.
        WholeLog::Bytes(bytes) if std::str::from_utf8(&bytes).is_err() => {
            let headers = [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
            return Ok((headers, bytes).into_response());
        }
        WholeLog::Bytes(bytes) => bytes.into(),
    };
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, body).into_response())
}
