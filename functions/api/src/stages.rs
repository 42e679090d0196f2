//! Stages: saved only when their code is right.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use futures::{StreamExt, TryStreamExt, stream};
use kraken_control::{Control, ControlError};
use kraken_domain::{access::Role, record::Stage};
use kraken_protocol::api::{NewStage, Page, Problem, StageChange, StageCheck, StageChecked, StageView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    problem::Answer,
    request::{Json, id},
    views,
};

/// Stages whose triggers are read at the same time.
const AT_ONCE: usize = 8;

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(check)).routes(routes!(show, change, delete))
}

/// The stages of a branch in order of creation, without their code.
#[utoipa::path(get, path = "/api/branches/{branch}/stages", tag = "stages", params(("branch" = String, Path)),
    responses((status = 200, body = Page<StageView>), (status = 404, body = Problem)))]
async fn list(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<Page<StageView>>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    let stages = control.store.stages(branch.id).await?.into_iter().map(|stage| stage.value);
    let items = stream::iter(stages).map(|stage| shown(&control, stage, None)).buffered(AT_ONCE).try_collect().await?;
    Ok(Body(Page { items, next: None }))
}

/// A stage with what starts it by the clock.
pub(crate) async fn shown(control: &Control, stage: Stage, code: Option<String>) -> Result<StageView, ControlError> {
    // Most have no such thing, and cost no read.
    let triggers = if stage.rules.is_empty() && stage.source.is_none() { Vec::new() } else { control.store.triggers(stage.id).await? };
    Ok(views::stage(stage, code, triggers.into_iter().map(|trigger| trigger.value).collect()))
}

/// Makes a stage.
#[utoipa::path(post, path = "/api/branches/{branch}/stages", tag = "stages", params(("branch" = String, Path)), request_body = NewStage,
    responses((status = 201, body = StageView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(new): Json<NewStage>,
) -> Answer<(StatusCode, Body<StageView>)> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    let code = new.code.clone();
    let stage = control.create_stage(branch.id, new).await?;
    Ok((StatusCode::CREATED, Body(shown(&control, stage, Some(code)).await?)))
}

/// Would this code be accepted? All problems at once, and the jobs that a run would have.
#[utoipa::path(post, path = "/api/branches/{branch}/stages/check", tag = "stages", params(("branch" = String, Path)), request_body = StageCheck,
    responses((status = 200, body = StageChecked), (status = 404, body = Problem)))]
async fn check(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(check): Json<StageCheck>,
) -> Answer<Body<StageChecked>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    Ok(Body(control.check_stage(branch.id, check).await?))
}

/// A stage with its code.
#[utoipa::path(get, path = "/api/stages/{stage}", tag = "stages", params(("stage" = String, Path)),
    responses((status = 200, body = StageView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, Auth(caller): Auth, Path(stage): Path<String>) -> Answer<Body<StageView>> {
    let stage = control.stage(id("stage", &stage)?).await?;
    caller.require(Some(stage.project), Role::Viewer)?;
    let code = control.code(&stage.code_sha256).await?;
    Ok(Body(shown(&control, stage.value, Some(code.to_string())).await?))
}

/// Changes a stage. What is absent stays.
#[utoipa::path(put, path = "/api/stages/{stage}", tag = "stages", params(("stage" = String, Path)), request_body = StageChange,
    responses((status = 200, body = StageView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(stage): Path<String>,
    Json(change): Json<StageChange>,
) -> Answer<Body<StageView>> {
    let stage = control.stage(id("stage", &stage)?).await?;
    caller.require(Some(stage.project), Role::Admin)?;
    let changed = control.change_stage(stage.id, change).await?;
    Ok(Body(shown(&control, changed, None).await?))
}

/// Removes a stage for which no other waits.
#[utoipa::path(delete, path = "/api/stages/{stage}", tag = "stages", params(("stage" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path(stage): Path<String>) -> Answer<StatusCode> {
    let stage = control.stage(id("stage", &stage)?).await?;
    caller.require(Some(stage.project), Role::Admin)?;
    control.delete_stage(stage.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
