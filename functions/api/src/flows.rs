//! Flows.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use kraken_control::{Control, flows::StartFlow};
use kraken_domain::{
    access::Role,
    flow::{FlowKind, FlowReason},
    run::Run,
};
use kraken_protocol::api::{ChangeView, FlowView, NewFlow, Page, Problem, RunView, words};
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
    OpenApiRouter::new().routes(routes!(list, start)).routes(routes!(show)).routes(routes!(changes)).routes(routes!(cancel))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FlowsAsked {
    /// `ci` (default) or `dev`.
    #[param(value_type = Option<words::FlowKind>)]
    kind: Option<FlowKind>,
    /// `next` of the page before; absent for the first one.
    cursor: Option<String>,
    /// The most rows to give: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// `true` for the flows with their runs (without the arguments of these) and the counts of their jobs.
    #[serde(default)]
    runs: bool,
}

/// The flows of a branch, newest first; with their runs if that is asked for.
#[utoipa::path(get, path = "/api/branches/{branch}/flows", tag = "flows", params(("branch" = String, Path), FlowsAsked),
    responses((status = 200, body = Page<FlowView>), (status = 404, body = Problem)))]
async fn list(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Asked(asked): Asked<FlowsAsked>,
) -> Answer<Body<Page<FlowView>>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    let (after, limit) = PageAsked { cursor: asked.cursor, limit: asked.limit }.bounds()?;
    let flows = control.flows(branch.id, asked.kind.unwrap_or(FlowKind::Ci), limit, after.as_ref(), asked.runs).await?;
    Ok(Body(page(flows, views::listed_flow)))
}

/// Starts a flow. With the header `Idempotency-Key` a repeated call gives the same flow; one that asks for another is refused.
#[utoipa::path(post, path = "/api/branches/{branch}/flows", tag = "flows",
    params(("branch" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = NewFlow,
    responses((status = 201, body = FlowView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn start(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewFlow>,
) -> Answer<(StatusCode, Body<FlowView>)> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::User)?;
    let once = headers.get("idempotency-key").map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
    let start = StartFlow {
        args: new.args,
        branch_name: new.branch_name,
        once,
        by: caller.name().map(str::to_owned),
        read: Some(branch.value.clone()),
        ..StartFlow::new(branch.id, new.kind, FlowReason::Person)
    };
    let (flow, runs) = control.start_flow(start).await?;
    let runs = shown(&control, runs).await?;
    Ok((StatusCode::CREATED, Body(views::flow(flow, Some(runs)))))
}

/// A flow with its runs.
#[utoipa::path(get, path = "/api/flows/{flow}", tag = "flows", params(("flow" = String, Path)),
    responses((status = 200, body = FlowView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, Auth(caller): Auth, Path(flow): Path<String>) -> Answer<Body<FlowView>> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::Viewer)?;
    let runs = control.store.runs(flow.id).await?.into_iter().map(|run| run.value).collect();
    let runs = shown(&control, runs).await?;
    Ok(Body(views::flow(flow.value, Some(runs))))
}

/// The changes that a flow was started with: one where a git host told of it, one of each repository where they were looked at, none where
/// it was started by itself. Large ones are cut, and say so in `note`.
#[utoipa::path(get, path = "/api/flows/{flow}/changes", tag = "flows", params(("flow" = String, Path)),
    responses((status = 200, body = Vec<ChangeView>), (status = 404, body = Problem)))]
async fn changes(State(control): State<Control>, Auth(caller): Auth, Path(flow): Path<String>) -> Answer<Body<Vec<ChangeView>>> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::Viewer)?;
    let changes = control.store.flow_changes(flow.id).await?.map(|changes| changes.value.changes).unwrap_or_default();
    Ok(Body(changes.into_iter().map(ChangeView).collect()))
}

/// Cancels a flow: what waits is over at once, what runs is stopped, no child stage starts any more.
#[utoipa::path(post, path = "/api/flows/{flow}/cancel", tag = "flows", params(("flow" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
async fn cancel(State(control): State<Control>, Auth(caller): Auth, Path(flow): Path<String>) -> Answer<StatusCode> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::User)?;
    control.cancel_flow(flow.id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Runs with the counts of their jobs.
async fn shown(control: &Control, runs: Vec<Run>) -> Answer<Vec<RunView>> {
    let counts = control.counts(&runs).await?;
    Ok(runs.into_iter().zip(counts).map(|(run, counts)| views::run(run, counts)).collect())
}
