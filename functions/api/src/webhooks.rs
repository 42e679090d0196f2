//! Webhooks: where git hosts send to, and how people set them up.

use axum::{
    Json as Body,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kraken_control::{
    Control, ControlError,
    webhooks::{Heard, Letter, host_of_slug},
};
use kraken_domain::{access::Role, webhook::Delivery};
use kraken_protocol::api::{
    DeliveryOutcomeView, DeliveryTaken, DeliveryView, Page, Problem, RotateWebhook, WebhookKeyView, WebhookMade, WebhookView,
};
use kraken_store::Webhook;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json},
};

/// The largest delivery: what a function can be called with. Git hosts send at most 25 MB, and that of pushes with thousands of commits.
const DELIVERY_MAX: usize = 6 << 20;

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create, delete))
        .routes(routes!(rotate))
        .routes(routes!(deliveries))
        .merge(OpenApiRouter::new().routes(routes!(hear)).layer(DefaultBodyLimit::max(DELIVERY_MAX)))
}

/// Where a git host sends its webhooks. Needs no token: the delivery is signed with the webhook's key. Answered as soon as it is stored; what
/// came of it is among the deliveries a moment later. Whatever is wrong with the signature or the address, the answer is 401.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks/{host}", tag = "webhooks", security(()),
    params(("project" = String, Path), ("host" = String, Path)), request_body(content = String, content_type = "application/json"),
    responses((status = 202, body = DeliveryTaken), (status = 200, description = "the host tried the webhook out"),
        (status = 401, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn hear(
    State(control): State<Control>,
    Path((project, host)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Response> {
    let host = host_of_slug(&host)?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ControlError::TooLarge(format!("the delivery is larger than {DELIVERY_MAX} bytes")),
        _ => ControlError::invalid("/body", format!("the body could not be read: {rejection}")),
    })?;
    let headers = headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    Ok(match control.hear(&project, host, Letter { headers, body }).await? {
        Heard::Ping => StatusCode::OK.into_response(),
        Heard::Stored { name, pending } => {
            (StatusCode::ACCEPTED, Body(DeliveryTaken { delivery: name, pending, known: false })).into_response()
        }
        Heard::Known { name } => (StatusCode::ACCEPTED, Body(DeliveryTaken { delivery: name, pending: 0, known: true })).into_response(),
    })
}

/// The webhooks of a project, without their keys.
#[utoipa::path(get, path = "/api/projects/{project}/webhooks", tag = "webhooks", params(("project" = String, Path)),
    responses((status = 200, body = Vec<WebhookView>), (status = 404, body = Problem)))]
async fn list(State(control): State<Control>, Auth(caller): Auth, Path(project): Path<String>) -> Answer<Body<Vec<WebhookView>>> {
    let project = control.find_project(&project).await?.id;
    caller.require(Some(project), Role::Viewer)?;
    Ok(Body(control.store.webhooks(project).await?.into_iter().map(|webhook| view(webhook.value)).collect()))
}

/// Sets up the webhook for a kind of git host. Its key is seen only here.
#[utoipa::path(put, path = "/api/projects/{project}/webhooks/{host}", tag = "webhooks",
    params(("project" = String, Path), ("host" = String, Path)),
    responses((status = 201, body = WebhookMade), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn create(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((project, host)): Path<(String, String)>,
) -> Answer<(StatusCode, Body<WebhookMade>)> {
    let project = control.find_project(&project).await?.id;
    caller.require(Some(project), Role::Admin)?;
    let (webhook, secret) = control.create_webhook(&caller, project, host_of_slug(&host)?).await?;
    Ok((StatusCode::CREATED, Body(WebhookMade { webhook: view(webhook), secret })))
}

/// Makes another key for a webhook; the one before is good for a while.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks/{host}/rotate", tag = "webhooks",
    params(("project" = String, Path), ("host" = String, Path)), request_body = RotateWebhook,
    responses((status = 200, body = WebhookMade), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn rotate(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((project, host)): Path<(String, String)>,
    Json(asked): Json<RotateWebhook>,
) -> Answer<Body<WebhookMade>> {
    let project = control.find_project(&project).await?.id;
    caller.require(Some(project), Role::Admin)?;
    let (webhook, secret) = control.rotate_webhook(project, host_of_slug(&host)?, asked.keep_s).await?;
    Ok(Body(WebhookMade { webhook: view(webhook), secret }))
}

/// Removes a webhook: what is sent to it from now on is refused.
#[utoipa::path(delete, path = "/api/projects/{project}/webhooks/{host}", tag = "webhooks",
    params(("project" = String, Path), ("host" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path((project, host)): Path<(String, String)>) -> Answer<StatusCode> {
    let project = control.find_project(&project).await?.id;
    caller.require(Some(project), Role::Admin)?;
    control.delete_webhook(project, host_of_slug(&host)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a kind of git host told a project in the last seven days, and what came of it, newest first.
#[utoipa::path(get, path = "/api/projects/{project}/webhooks/{host}/deliveries", tag = "webhooks",
    params(("project" = String, Path), ("host" = String, Path), PageAsked),
    responses((status = 200, body = Page<DeliveryView>), (status = 404, body = Problem)))]
async fn deliveries(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((project, host)): Path<(String, String)>,
    Asked(asked): Asked<PageAsked>,
) -> Answer<Body<Page<DeliveryView>>> {
    let project = control.find_project(&project).await?.id;
    caller.require(Some(project), Role::Viewer)?;
    let (after, limit) = asked.bounds()?;
    let deliveries = control.store.deliveries(project, host_of_slug(&host)?.slug(), limit, after.as_ref()).await?;
    Ok(Body(page(deliveries, |delivery| delivered(delivery.value))))
}

fn view(webhook: Webhook) -> WebhookView {
    let keys = webhook.keys.into_iter().map(|key| WebhookKeyView {
        must_be_rotated: key.sealed.is_none(),
        id: key.id,
        created_at: key.created_at,
        ends_at: key.ends_at,
    });
    WebhookView {
        path: format!("/api/projects/{}/webhooks/{}", webhook.project, webhook.host),
        host: webhook.host,
        created_at: webhook.created_at,
        created_by: webhook.created_by,
        keys: keys.collect(),
    }
}

fn delivered(delivery: Delivery) -> DeliveryView {
    let outcomes = delivery.outcomes.into_iter();
    DeliveryView {
        id: delivery.name,
        received_at: delivery.received_at,
        event: delivery.told.what.words(),
        repo: delivery.told.repo,
        pending: delivery.due.is_some(),
        outcomes: outcomes
            .map(|outcome| DeliveryOutcomeView { branch: outcome.branch, flow: outcome.flow, words: outcome.words })
            .collect(),
    }
}
