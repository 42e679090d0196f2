//! How the system is, for those who look after it.

use axum::{Json as Body, extract::State};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{Diagnostics, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(diagnostics))
}

/// How the system is: version, what waits, what is due, agents by state, the search of logs.
#[utoipa::path(get, path = "/api/diagnostics", tag = "system",
    responses((status = 200, body = Diagnostics), (status = 403, body = Problem)))]
async fn diagnostics(State(control): State<Control>, Auth(caller): Auth) -> Answer<Body<Diagnostics>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(control.diagnostics(env!("CARGO_PKG_VERSION")).await?))
}
