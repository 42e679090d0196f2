//! Environment variables and numbers of branches.

use axum::{
    Json as Body,
    extract::{Path, State},
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{NewSequences, NewVariables, Problem, SequencesView, VariablesView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    problem::Answer,
    request::{Json, id},
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(variables, set_variables)).routes(routes!(sequences, set_sequences))
}

/// The environment variables of every step of a branch.
#[utoipa::path(get, path = "/api/branches/{branch}/env", tag = "branches", params(("branch" = String, Path)),
    responses((status = 200, body = VariablesView), (status = 404, body = Problem)))]
async fn variables(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<VariablesView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    Ok(Body(VariablesView { version: branch.version, variables: branch.value.env_vars }))
}

/// Sets all environment variables of a branch, if nobody has changed the branch since they were read.
#[utoipa::path(put, path = "/api/branches/{branch}/env", tag = "branches", params(("branch" = String, Path)), request_body = NewVariables,
    responses((status = 200, body = VariablesView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_variables(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(new): Json<NewVariables>,
) -> Answer<Body<VariablesView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    Ok(Body(control.set_variables(branch.id, &new).await?))
}

/// The numbers that come next in a branch: of its flows, and of the runs of its stages.
#[utoipa::path(get, path = "/api/branches/{branch}/sequences", tag = "branches", params(("branch" = String, Path)),
    responses((status = 200, body = SequencesView), (status = 404, body = Problem)))]
async fn sequences(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<SequencesView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    Ok(Body(control.sequences(branch.id).await?))
}

/// Sets the numbers that come next, all or none; back to earlier ones only by force.
#[utoipa::path(put, path = "/api/branches/{branch}/sequences", tag = "branches", params(("branch" = String, Path)), request_body = NewSequences,
    responses((status = 200, body = SequencesView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_sequences(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(new): Json<NewSequences>,
) -> Answer<Body<SequencesView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    Ok(Body(control.set_sequences(branch.id, &new).await?))
}
