//! Health, version, the OpenAPI document.

use axum::{Json as Body, Router, extract::State, routing::get};
use kraken_control::Control;
use kraken_protocol::api::{Health, Version};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::Answer;

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(version))
}

/// The document itself, which is not part of the document.
pub(crate) fn document(document: utoipa::openapi::OpenApi) -> Router<Control> {
    Router::new().route("/api/openapi.json", get(async move || Body(document)))
}

/// Whether the system can work: its table and its object store answer.
#[utoipa::path(get, path = "/api/health", tag = "system", security(()), responses((status = 200, body = Health)))]
async fn health(State(control): State<Control>) -> Answer<Body<Health>> {
    control.store.lanes().await?;
    Ok(Body(Health { status: "ok".to_owned(), importing_since: control.importing_since().await? }))
}

/// Which version this is.
#[utoipa::path(get, path = "/api/version", tag = "system", security(()), responses((status = 200, body = Version)))]
async fn version() -> Body<Version> {
    Body(Version { version: env!("CARGO_PKG_VERSION").to_owned(), agents_from: "0.1.0".to_owned() })
}
