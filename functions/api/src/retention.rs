//! How long flows are kept.

use axum::{
    Json as Body,
    extract::{Path, State},
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{FlowView, KeepFlow, NewRetention, Problem, RetentionView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    problem::Answer,
    request::{Json, id},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(retention, set_retention)).routes(routes!(keep_flow))
}

/// How long the flows of a branch are kept, with their logs and artifacts.
#[utoipa::path(get, path = "/api/branches/{branch}/retention", tag = "branches", params(("branch" = String, Path)),
    responses((status = 200, body = RetentionView), (status = 404, body = Problem)))]
async fn retention(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<RetentionView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    Ok(Body(control.retention(branch.id).await?))
}

/// Sets how long the flows of a branch are kept, if nobody has changed the branch since that was read. Nothing goes before an hour is over:
/// until then it can be changed back.
#[utoipa::path(put, path = "/api/branches/{branch}/retention", tag = "branches", params(("branch" = String, Path)), request_body = NewRetention,
    responses((status = 200, body = RetentionView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_retention(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(new): Json<NewRetention>,
) -> Answer<Body<RetentionView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    Ok(Body(control.set_retention(branch.id, &new).await?))
}

/// Keeps a flow whatever its branch's retention says, or leaves it to that again.
#[utoipa::path(put, path = "/api/flows/{flow}/keep", tag = "flows", params(("flow" = String, Path)), request_body = KeepFlow,
    responses((status = 200, body = FlowView), (status = 404, body = Problem)))]
async fn keep_flow(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(flow): Path<String>,
    Json(new): Json<KeepFlow>,
) -> Answer<Body<FlowView>> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::User)?;
    Ok(Body(views::flow(control.keep_flow(flow.id, new.keep).await?, None)))
}
