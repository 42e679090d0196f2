//! The tools that steps may name, for people and for forms that put steps together.

use std::sync::OnceLock;

use axum::Json as Body;
use kraken_control::Control;
use kraken_protocol::api::{ToolVersion, ToolView, Tools};
use kraken_workflow::ToolFields;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer};

/// Agents bring the tools of their own version, which is the server's or next to it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The tools with their versions, and what a step of each may say.
#[utoipa::path(get, path = "/api/tools", tag = "stages", responses((status = 200, body = Tools)))]
async fn list(_: Auth) -> Answer<Body<&'static Tools>> {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    let tools =
        || Tools { items: kraken_workflow::tool_catalogue().into_iter().map(view).collect(), step: kraken_workflow::step_fields_schema() };
    Ok(Body(TOOLS.get_or_init(tools)))
}

fn view(tool: ToolFields) -> ToolView {
    ToolView {
        name: tool.name.to_owned(),
        description: tool.description.to_owned(),
        builtin: true,
        versions: vec![ToolVersion { version: VERSION.to_owned(), timeout_s: tool.timeout_s, schema: tool.schema }],
    }
}
