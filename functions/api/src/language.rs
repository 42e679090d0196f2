//! The language of stages, for editors and other programs: what a stage may say, as data.

use std::sync::OnceLock;

use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};
use kraken_control::Control;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(workflow_schema))
}

/// The schema changes only with the program, which an editor may learn a while later.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// What the code of a stage may return, as a JSON Schema (draft 2020-12) with one alternative for each tool.
#[utoipa::path(get, path = "/api/workflow-schema", tag = "stages", security(()),
    responses((status = 200, description = "A JSON Schema.", content_type = "application/schema+json", body = serde_json::Value)))]
async fn workflow_schema() -> impl IntoResponse {
    static SCHEMA: OnceLock<String> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| kraken_workflow::workflow_schema().to_string());
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json")), (header::CACHE_CONTROL, KEPT)], schema.as_str())
}
