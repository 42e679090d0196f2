//! The API: for people, the web UI, the CLI and agents. Thin: parse → one use case → map.
//!
//! The same router runs under Lambda and in the local process. Its OpenAPI document is generated from the handlers.

mod agent_calls;
mod agents;
mod artifacts;
mod audit;
mod auth;
mod branches;
mod changes;
mod data;
mod diagnostics;
mod flows;
mod found_logs;
mod groups;
mod jobs;
mod language;
mod logs;
mod operations;
mod outside;
mod overview;
mod page;
mod parameters;
mod problem;
mod projects;
mod queue;
mod request;
mod retention;
mod runs;
mod secrets;
mod settings;
mod sign_in;
mod since_green;
mod size;
mod stage_sources;
mod stages;
mod system;
mod tokens;
mod tools;
mod transfer;
mod variables;
mod views;
mod webhooks;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use kraken_control::Control;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

/// The largest request body: a stage's code of 1 MiB with room for its escapes.
const BODY_MAX: usize = 4 << 20;

#[derive(OpenApi)]
#[openapi(
    info(title = "Kraken", description = "Continuous integration without servers to run.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(system::routes())
        .merge(projects::routes())
        .merge(branches::routes())
        .merge(overview::routes())
        .merge(stages::routes())
        .merge(language::routes())
        .merge(tools::routes())
        .merge(secrets::routes())
        .merge(variables::routes())
        .merge(retention::routes())
        .merge(data::routes())
        .merge(stage_sources::routes())
        .merge(parameters::routes())
        .merge(flows::routes())
        .merge(since_green::routes())
        .merge(runs::routes())
        .merge(jobs::routes())
        .merge(queue::routes())
        .merge(logs::routes())
        .merge(found_logs::routes())
        .merge(artifacts::routes())
        .merge(agents::routes())
        .merge(groups::routes())
        .merge(tokens::routes())
        .merge(sign_in::routes())
        .merge(changes::routes())
        .merge(transfer::routes())
        .merge(webhooks::routes())
        .merge(settings::routes())
        .merge(audit::routes())
        .merge(diagnostics::routes())
        .merge(outside::routes())
}

/// The OpenAPI 3.1 document of the public API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    operations::named(routes().split_for_parts().1)
}

/// The whole API over `control`.
pub fn router(control: Control) -> Router {
    let (public, document) = routes().split_for_parts();
    public
        .merge(agent_calls::routes())
        .merge(system::document(operations::named(document)))
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(control.clone(), request::outermost))
        .with_state(control)
}
