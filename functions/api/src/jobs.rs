//! Jobs.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::Control;
use kraken_domain::{access::Role, job::Job};
use kraken_protocol::api::{JobView, Problem, Rerun, WaitingView};
use kraken_store::Versioned;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::id, views};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(cancel)).routes(routes!(rerun)).routes(routes!(waiting))
}

/// The job, if the caller has that role in its project.
pub(crate) async fn allowed(control: &Control, auth: &Auth, job: &str, role: Role) -> Answer<Versioned<Job>> {
    let job = control.job(id("job", job)?).await?;
    auth.0.require(Some(job.project), role)?;
    Ok(job)
}

/// A job with its steps.
#[utoipa::path(get, path = "/api/jobs/{job}", tag = "jobs", params(("job" = String, Path)),
    responses((status = 200, body = JobView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, auth: Auth, Path(job): Path<String>) -> Answer<Body<JobView>> {
    let job = allowed(&control, &auth, &job, Role::Viewer).await?.value;
    let usual_s = control.store.durations(job.stage).await?.and_then(|read| read.usual(&job.name, &job.place));
    Ok(Body(JobView { usual_s, ..views::job(job, true) }))
}

/// Cancels a job: one that waits is over at once, one that runs is stopped.
#[utoipa::path(post, path = "/api/jobs/{job}/cancel", tag = "jobs", params(("job" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
async fn cancel(State(control): State<Control>, auth: Auth, Path(job): Path<String>) -> Answer<StatusCode> {
    let job = allowed(&control, &auth, &job, Role::User).await?;
    control.cancel_job(job.id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Repeats a job that is over. The old one is shown, but out of every count.
#[utoipa::path(post, path = "/api/jobs/{job}/rerun", tag = "jobs", params(("job" = String, Path)),
    responses((status = 202, body = Rerun), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn rerun(State(control): State<Control>, auth: Auth, Path(job): Path<String>) -> Answer<(StatusCode, Body<Rerun>)> {
    let job = allowed(&control, &auth, &job, Role::User).await?;
    Ok((StatusCode::ACCEPTED, Body(Rerun { jobs: vec![control.rerun_job(job.id).await?], run: None })))
}

/// Why a job waits, in one sentence.
#[utoipa::path(get, path = "/api/jobs/{job}/waiting", tag = "jobs", params(("job" = String, Path)),
    responses((status = 200, body = WaitingView), (status = 404, body = Problem)))]
async fn waiting(State(control): State<Control>, auth: Auth, Path(job): Path<String>) -> Answer<Body<WaitingView>> {
    let job = allowed(&control, &auth, &job, Role::Viewer).await?;
    Ok(Body(control.waiting(&job).await?))
}
