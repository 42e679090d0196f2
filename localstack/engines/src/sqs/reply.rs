//! Answers as HTTP responses of the AWS JSON 1.0 protocol.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use super::fault::{Fault, FaultKind};
use crate::auth::AuthError;
use crate::in_process;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const REQUEST_ID: &str = "x-amzn-requestid";
const QUERY_ERROR: &str = "x-amzn-query-error";

pub(super) fn of<T: Serialize>(outcome: Result<T, Fault>) -> Response<Bytes> {
    match outcome {
        Ok(answer) => match serde_json::to_vec(&answer) {
            Ok(body) => response(StatusCode::OK, body),
            Err(error) => fault(&Fault::new(FaultKind::Internal, error.to_string())),
        },
        Err(refused) => fault(&refused),
    }
}

pub(crate) fn fault(fault: &Fault) -> Response<Bytes> {
    error(fault.status(), fault.kind.shape(), fault.kind.query_code(), &fault.message)
}

/// The refusal of a request whose sender isn't allowed to make it.
pub(crate) fn refusal(refused: &AuthError) -> Response<Bytes> {
    let code = refused.code();
    error(refused.status(), &format!("com.amazon.coral.service#{code}"), code, &refused.to_string())
}

fn error(status: StatusCode, shape: &str, query_code: &str, message: &str) -> Response<Bytes> {
    let body = json!({ "__type": shape, "message": message }).to_string();
    let mut response = response(status, body.into_bytes());
    let side = if status.is_server_error() { "Receiver" } else { "Sender" };
    if let Ok(value) = HeaderValue::from_str(&format!("{query_code};{side}")) {
        response.headers_mut().insert(QUERY_ERROR, value);
    }
    response
}

fn response(status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    // Without randomness the answer goes without an id.
    if let Some(id) = in_process::uuid().ok().and_then(|id| HeaderValue::from_str(&id).ok()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
