//! Runs.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::{Control, ControlError, lists::JobFilter};
use kraken_domain::{access::Role, run::Run};
use kraken_protocol::api::{JobView, NoticeView, Page, Problem, Rerun, RerunRequest, RerunWhich, RunView};
use kraken_store::Versioned;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json, id},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(jobs))
        .routes(routes!(start))
        .routes(routes!(cancel))
        .routes(routes!(rerun))
        .routes(routes!(notices))
}

async fn allowed(control: &Control, auth: &Auth, run: &str, role: Role) -> Answer<Versioned<Run>> {
    let run = control.run(id("run", run)?).await?;
    auth.0.require(Some(run.project), role)?;
    Ok(run)
}

/// A run.
#[utoipa::path(get, path = "/api/runs/{run}", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = RunView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, auth: Auth, Path(run): Path<String>) -> Answer<Body<RunView>> {
    let run = allowed(&control, &auth, &run, Role::Viewer).await?;
    let counts = control.counts(std::slice::from_ref(&run.value)).await?.into_iter().next().unwrap_or_default();
    Ok(Body(views::run(run.value, counts)))
}

/// The most jobs in one page: runs may have ten thousand.
const JOBS_MAX: u32 = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct JobsAsked {
    /// Only jobs in these states, separated by commas: `queued`, `assigned`, `running`, `finished`, `completed`.
    state: Option<String>,
    /// Only jobs with these outcomes, separated by commas: `ok`, `step_error` and so on; `error` for all but `ok`.
    outcome: Option<String>,
    /// `next` of the page before; absent for the first one.
    cursor: Option<String>,
    /// The most rows to give: 1 to 1,000, 50 when absent.
    limit: Option<u32>,
}

/// The jobs of a run, oldest first, covered ones too, without their steps. Of some states or outcomes alone, a page may have fewer rows than
/// asked for, even none, and still go on.
#[utoipa::path(get, path = "/api/runs/{run}/jobs", tag = "runs", params(("run" = String, Path), JobsAsked),
    responses((status = 200, body = Page<JobView>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn jobs(
    State(control): State<Control>,
    auth: Auth,
    Path(run): Path<String>,
    Asked(asked): Asked<JobsAsked>,
) -> Answer<Body<Page<JobView>>> {
    let run = allowed(&control, &auth, &run, Role::Viewer).await?;
    let filter = JobFilter::new(asked.state.as_deref(), asked.outcome.as_deref())?;
    let (after, limit) = PageAsked { cursor: asked.cursor, limit: asked.limit }.bounds_up_to(JOBS_MAX)?;
    Ok(Body(page(control.jobs_of(run.id, &filter, limit, after).await?, |job| views::job(job, false))))
}

/// What people and programs are told of a run, by which channel, and what became of it; oldest first. A handful for each time that the
/// run starts or ends, so there is always one page.
#[utoipa::path(get, path = "/api/runs/{run}/notices", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = Page<NoticeView>), (status = 404, body = Problem)))]
async fn notices(State(control): State<Control>, auth: Auth, Path(run): Path<String>) -> Answer<Body<Page<NoticeView>>> {
    let run = allowed(&control, &auth, &run, Role::Viewer).await?;
    let items = control.store.notices(run.id).await?.into_iter().map(|notice| views::notice(&notice.value)).collect();
    Ok(Body(Page { items, next: None }))
}

/// Starts a run that waits for a person.
#[utoipa::path(post, path = "/api/runs/{run}/start", tag = "runs", params(("run" = String, Path)),
    responses((status = 202, body = RunView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn start(State(control): State<Control>, auth: Auth, Path(run): Path<String>) -> Answer<(StatusCode, Body<RunView>)> {
    let run = allowed(&control, &auth, &run, Role::User).await?;
    let run = control.start_run(run.id).await?;
    Ok((StatusCode::ACCEPTED, Body(views::run(run, kraken_domain::run::RunCounts::default()))))
}

/// Cancels a run: what waits is over at once, what runs is stopped.
#[utoipa::path(post, path = "/api/runs/{run}/cancel", tag = "runs", params(("run" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
async fn cancel(State(control): State<Control>, auth: Auth, Path(run): Path<String>) -> Answer<StatusCode> {
    let run = allowed(&control, &auth, &run, Role::User).await?;
    control.cancel_run(run.id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Repeats jobs of a run that are over: all, or those in error; with the code that the run was started with, or, as a new run, with the newest.
#[utoipa::path(post, path = "/api/runs/{run}/rerun", tag = "runs", params(("run" = String, Path)), request_body = RerunRequest,
    responses((status = 202, body = Rerun), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn rerun(
    State(control): State<Control>,
    auth: Auth,
    Path(run): Path<String>,
    Json(request): Json<RerunRequest>,
) -> Answer<(StatusCode, Body<Rerun>)> {
    let run = allowed(&control, &auth, &run, Role::User).await?;
    if !request.newest_code {
        return Ok((StatusCode::ACCEPTED, Body(Rerun { jobs: control.rerun_run(run.id, request.jobs).await?, run: None })));
    }
    if request.jobs != RerunWhich::All {
        let why = "newest_code is true and jobs is \"failed\": other code has other jobs; expected \"all\"";
        return Err(ControlError::invalid("/newest_code", why).into());
    }
    Ok((StatusCode::ACCEPTED, Body(Rerun { jobs: Vec::new(), run: Some(control.rerun_newest(run.id).await?.id) })))
}
