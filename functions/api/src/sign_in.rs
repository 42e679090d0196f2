//! Who calls, and how a browser signs in.

use axum::{
    Json as Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kraken_control::{Control, ControlError, setup::Caller};
use kraken_protocol::api::{GrantView, Me, Problem, SignIn, SignInCode, TokenMade};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::SecretJson, views};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(make_code)).routes(routes!(sign_in))
}

/// Who calls, and what they may do.
#[utoipa::path(get, path = "/api/me", tag = "tokens", responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn me(Auth(caller): Auth) -> Answer<Body<Me>> {
    let Caller::User { token, name, grants, ends, .. } = caller else {
        return Err(ControlError::Forbidden("agents have no grants: use an API token".into()).into());
    };
    let grants = grants.into_iter().map(|grant| GrantView { project: grant.project, role: grant.role }).collect();
    Ok(Body(Me { token, name, grants, expires_at: ends }))
}

/// Makes a code with which one browser can sign in within ten minutes, once, with the rights of the caller.
#[utoipa::path(post, path = "/api/sign-in-codes", tag = "tokens", responses((status = 201, body = SignInCode), (status = 401, body = Problem)))]
async fn make_code(State(control): State<Control>, Auth(caller): Auth) -> Answer<Response> {
    let (code, expires_at) = control.sign_in_code(&caller).await?;
    Ok(unkept((StatusCode::CREATED, Body(SignInCode { code, expires_at })).into_response()))
}

/// Takes a code for a token of the browser's own, which lasts a month, or as long as the token that the code was made with. The code is
/// used up.
#[utoipa::path(post, path = "/api/sign-in", tag = "tokens", security(()), request_body = SignIn,
    responses((status = 201, body = TokenMade), (status = 401, body = Problem)))]
async fn sign_in(State(control): State<Control>, SecretJson(asked): SecretJson<SignIn>) -> Answer<Response> {
    let (token, secret) = control.sign_in(asked.code.trim()).await?;
    Ok(unkept((StatusCode::CREATED, Body(TokenMade { token: views::token(token), secret })).into_response()))
}

/// Says that nobody on the way may keep it.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
