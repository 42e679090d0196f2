//! What a new flow asks for.

use axum::{
    Json as Body,
    extract::{Path, State},
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{FlowParameters, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::id};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(of_flow))
}

/// The form for a new flow of a branch: the parameters of all stages that start with it, those of one name as one.
#[utoipa::path(get, path = "/api/branches/{branch}/parameters", tag = "flows", params(("branch" = String, Path)),
    responses((status = 200, body = FlowParameters), (status = 404, body = Problem)))]
async fn of_flow(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<FlowParameters>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    Ok(Body(control.flow_parameters(branch.id).await?))
}
