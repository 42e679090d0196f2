//! Stages whose code is a file of a repository.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{NewStageFromRepo, Problem, SourceSettings, StageView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    problem::Answer,
    request::{Json, id},
    stages::shown,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(set, forget)).routes(routes!(refresh))
}

/// Makes a stage whose code is a file of a repository. The file is read at once, and must be right.
#[utoipa::path(post, path = "/api/branches/{branch}/stages/from-repo", tag = "stages", params(("branch" = String, Path)), request_body = NewStageFromRepo,
    responses((status = 201, body = StageView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(new): Json<NewStageFromRepo>,
) -> Answer<(StatusCode, Body<StageView>)> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    let stage = control.create_stage_from_repo(branch.id, new).await?;
    Ok((StatusCode::CREATED, Body(shown(&control, stage, None).await?)))
}

/// Takes the code of a stage from a file of a repository from now on. The file is read at once, and must be right.
#[utoipa::path(put, path = "/api/stages/{stage}/source", tag = "stages", params(("stage" = String, Path)), request_body = SourceSettings,
    responses((status = 200, body = StageView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn set(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(stage): Path<String>,
    Json(source): Json<SourceSettings>,
) -> Answer<Body<StageView>> {
    let stage = control.stage(id("stage", &stage)?).await?;
    caller.require(Some(stage.project), Role::Admin)?;
    let changed = control.set_stage_source(stage.id, Some(source)).await?;
    Ok(Body(shown(&control, changed, None).await?))
}

/// Leaves the code of a stage as it is, to be changed here from now on.
#[utoipa::path(delete, path = "/api/stages/{stage}/source", tag = "stages", params(("stage" = String, Path)),
    responses((status = 200, body = StageView), (status = 404, body = Problem)))]
async fn forget(State(control): State<Control>, Auth(caller): Auth, Path(stage): Path<String>) -> Answer<Body<StageView>> {
    let stage = control.stage(id("stage", &stage)?).await?;
    caller.require(Some(stage.project), Role::Admin)?;
    let changed = control.set_stage_source(stage.id, None).await?;
    Ok(Body(shown(&control, changed, None).await?))
}

/// Looks at the repository of a stage now. A version that is in error changes nothing: `source` in the answer says what is wrong.
#[utoipa::path(post, path = "/api/stages/{stage}/refresh", tag = "stages", params(("stage" = String, Path)),
    responses((status = 200, body = StageView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn refresh(State(control): State<Control>, Auth(caller): Auth, Path(stage): Path<String>) -> Answer<Body<StageView>> {
    let stage = control.stage(id("stage", &stage)?).await?;
    caller.require(Some(stage.project), Role::User)?;
    let refreshed = control.refresh_stage(stage.id).await?;
    Ok(Body(shown(&control, refreshed.stage, None).await?))
}
