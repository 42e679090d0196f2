//! Everything out, everything in: for moving a system, and for backups.

use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;
use http_body_util::BodyExt;
use kraken_control::{Control, ControlError, transfer::Importing};
use kraken_domain::access::Role;
use kraken_protocol::api::Problem;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer};

/// The longest line: a part of an object in base64, with room.
const LINE_MAX: usize = 16 << 20;

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(import))
}

/// All that there is, as lines of JSON: records, then objects. It ends with a line that counts them; without that it was cut off.
#[utoipa::path(get, path = "/api/export", tag = "system", responses((status = 200, content_type = "application/x-ndjson", body = String)))]
async fn export(State(control): State<Control>, Auth(caller): Auth) -> Answer<Response> {
    caller.require(None, Role::Admin)?;
    let lines = control.export().map_ok(String::into_bytes);
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

/// Takes an export into a system that has no projects and agents yet.
#[utoipa::path(post, path = "/api/import", tag = "system", request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn import(State(control): State<Control>, Auth(caller): Auth, body: Body) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    let mut importing = Importing::begin(&control).await?;
    let (mut body, mut line) = (body, Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ControlError::invalid("", format!("the export broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        for piece in data.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(piece);
            if line.len() > LINE_MAX {
                return Err(ControlError::TooLarge(format!("a line of the export is longer than {LINE_MAX} bytes")).into());
            }
            if line.last() == Some(&b'\n') {
                let text =
                    std::str::from_utf8(&line).map_err(|error| ControlError::invalid("", format!("the export is not text: {error}")))?;
                importing.take(text).await?;
                line.clear();
            }
        }
    }
    importing.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
