//! The last bound of answers, where they are bounded: what would not fit is refused in words, before something on the way refuses it without.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use http_body::Body as _;
use kraken_control::ControlError;
use kraken_protocol::answer::escaped_bytes;

use crate::problem::ApiError;

/// A byte becomes no more than so many on the way.
const WORST: u64 = 6;

/// `response`, if it fits into `most` bytes, or the problem that it does not. Lists fit by themselves: this is for what was not thought of.
pub(crate) async fn bounded(response: Response, most: usize) -> Response {
    let most_bytes = u64::try_from(most).unwrap_or(u64::MAX);
    if response.body().size_hint().upper().is_some_and(|bytes| bytes <= most_bytes / WORST) {
        return response;
    }
    let is_text = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.starts_with("text/") || kind.ends_with("json")
    });
    let (parts, body) = response.into_parts();
    // What is larger than this does not fit, however it travels.
    let bytes = match axum::body::to_bytes(body, most).await {
        Ok(bytes) => bytes,
        Err(_) => return too_large(most),
    };
    let on_its_way = if is_text { escaped_bytes(&bytes) } else { bytes.len().div_ceil(3) * 4 };
    if on_its_way > most { too_large(most) } else { Response::from_parts(parts, Body::from(bytes)) }
}

fn too_large(most: usize) -> Response {
    let why = format!("the answer is larger than the {most} bytes that it may have: ask for less at once, with `limit` where there is one");
    ApiError(ControlError::TooLarge(why)).into_response()
}

#[cfg(test)]
mod tests;
