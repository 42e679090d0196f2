//! API tokens.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::{Control, setup::Caller};
use kraken_domain::access::Role;
use kraken_protocol::api::{NewToken, Page, Problem, TokenMade, TokenView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json, id},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// The tokens, without their secrets.
#[utoipa::path(get, path = "/api/tokens", tag = "tokens", params(PageAsked), responses((status = 200, body = Page<TokenView>)))]
async fn list(State(control): State<Control>, Auth(caller): Auth, Asked(asked): Asked<PageAsked>) -> Answer<Body<Page<TokenView>>> {
    caller.require(None, Role::Admin)?;
    let (after, limit) = asked.bounds()?;
    Ok(Body(page(control.store.user_tokens(limit, after.as_ref()).await?, |token| views::token(token.value))))
}

/// Makes a token that may do at most what its maker may. Its secret is seen only here.
#[utoipa::path(post, path = "/api/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = TokenMade), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(State(control): State<Control>, Auth(caller): Auth, Json(new): Json<NewToken>) -> Answer<(StatusCode, Body<TokenMade>)> {
    let (token, secret) = control.create_token(&caller, new).await?;
    Ok((StatusCode::CREATED, Body(TokenMade { token: views::token(token), secret })))
}

/// Removes a token: its secret is worth nothing from now on.
#[utoipa::path(delete, path = "/api/tokens/{token}", tag = "tokens", params(("token" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path(token): Path<String>) -> Answer<StatusCode> {
    let token = id("token", &token)?;
    // Everybody may give up their own: who signs out, say.
    if !matches!(&caller, Caller::User { token: own, .. } if *own == token) {
        caller.require(None, Role::Admin)?;
    }
    control.delete_token(token).await?;
    Ok(StatusCode::NO_CONTENT)
}
