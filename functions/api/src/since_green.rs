//! What may have broken a branch.

use axum::{
    Json as Body,
    extract::{Path, State},
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{ChangesSinceGreen, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::id};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(since_green))
}

/// The changes of this flow and of those before it, newest first, up to the newest flow that ended without errors. Flows of another kind, or
/// of another branch of the repositories, do not count. At most 100 commits; what is left out is counted.
#[utoipa::path(get, path = "/api/flows/{flow}/changes/since-green", tag = "flows", params(("flow" = String, Path)),
    responses((status = 200, body = ChangesSinceGreen), (status = 404, body = Problem)))]
async fn since_green(State(control): State<Control>, Auth(caller): Auth, Path(flow): Path<String>) -> Answer<Body<ChangesSinceGreen>> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::Viewer)?;
    Ok(Body(control.changes_since_green(flow.value).await?))
}
