//! Agents groups and enrolment tokens.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{EnrolmentTokenMade, EnrolmentTokenView, GroupView, NewEnrolmentToken, NewGroup, Page, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json, id},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(list_enrolment, create_enrolment))
        .routes(routes!(delete_enrolment))
}

/// All agents groups by name. Everybody with a token may see them: stages name them.
#[utoipa::path(get, path = "/api/groups", tag = "agents", params(PageAsked), responses((status = 200, body = Page<GroupView>)))]
async fn list(State(control): State<Control>, _caller: Auth, Asked(asked): Asked<PageAsked>) -> Answer<Body<Page<GroupView>>> {
    let (after, limit) = asked.bounds()?;
    Ok(Body(page(control.store.groups(limit, after.as_ref()).await?, |group| views::group(group.value))))
}

/// Makes an agents group.
#[utoipa::path(post, path = "/api/groups", tag = "agents", request_body = NewGroup,
    responses((status = 201, body = GroupView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(State(control): State<Control>, Auth(caller): Auth, Json(new): Json<NewGroup>) -> Answer<(StatusCode, Body<GroupView>)> {
    caller.require(None, Role::Admin)?;
    Ok((StatusCode::CREATED, Body(views::group(control.create_group(new).await?))))
}

/// Removes an agents group.
#[utoipa::path(delete, path = "/api/groups/{name}", tag = "agents", params(("name" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path(name): Path<String>) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    control.delete_group(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The enrolment tokens, without their secrets.
#[utoipa::path(get, path = "/api/enrolment-tokens", tag = "agents", params(PageAsked), responses((status = 200, body = Page<EnrolmentTokenView>)))]
async fn list_enrolment(
    State(control): State<Control>,
    Auth(caller): Auth,
    Asked(asked): Asked<PageAsked>,
) -> Answer<Body<Page<EnrolmentTokenView>>> {
    caller.require(None, Role::Admin)?;
    let (after, limit) = asked.bounds()?;
    Ok(Body(page(control.store.enrolment_tokens(limit, after.as_ref()).await?, |token| views::enrolment_token(token.value))))
}

/// Makes an enrolment token. Its secret is seen only here.
#[utoipa::path(post, path = "/api/enrolment-tokens", tag = "agents", request_body = NewEnrolmentToken,
    responses((status = 201, body = EnrolmentTokenMade), (status = 422, body = Problem)))]
async fn create_enrolment(
    State(control): State<Control>,
    Auth(caller): Auth,
    Json(new): Json<NewEnrolmentToken>,
) -> Answer<(StatusCode, Body<EnrolmentTokenMade>)> {
    caller.require(None, Role::Admin)?;
    let (token, secret) = control.create_enrolment_token(new).await?;
    Ok((StatusCode::CREATED, Body(EnrolmentTokenMade { token: views::enrolment_token(token), secret })))
}

/// Removes an enrolment token. Agents that used it stay.
#[utoipa::path(delete, path = "/api/enrolment-tokens/{token}", tag = "agents", params(("token" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete_enrolment(State(control): State<Control>, Auth(caller): Auth, Path(token): Path<String>) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    control.delete_enrolment_token(id("token", &token)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
