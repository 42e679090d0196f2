//! The queue.

use axum::{Json as Body, extract::State};
use kraken_control::Control;
use kraken_protocol::api::{Problem, QueueView};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, page::PageAsked, problem::Answer, request::Asked};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(queue))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QueueAsked {
    /// Only what waits for agents of this group.
    group: Option<String>,
    /// `next` of the page before; absent for the first one.
    cursor: Option<String>,
    /// The most rows to give: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// What waits for agents, in the order of service, and why; on the first page also what the agents of each group do.
#[utoipa::path(get, path = "/api/queue", tag = "jobs", params(QueueAsked),
    responses((status = 200, body = QueueView), (status = 422, body = Problem)))]
async fn queue(State(control): State<Control>, Auth(caller): Auth, Asked(asked): Asked<QueueAsked>) -> Answer<Body<QueueView>> {
    let (cursor, limit) = PageAsked { cursor: asked.cursor, limit: asked.limit }.bounds()?;
    let cursor = cursor.map(|cursor| cursor.to_string());
    Ok(Body(control.queue(&caller, asked.group.as_deref(), limit, cursor.as_deref()).await?))
}
