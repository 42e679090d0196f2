#![allow(clippy::unwrap_used)]

use axum::http::StatusCode;

use super::*;

const MOST: usize = 1000;

async fn status(kind: &'static str, body: Vec<u8>) -> StatusCode {
    let response = ([(header::CONTENT_TYPE, kind)], body.clone()).into_response();
    let response = bounded(response, MOST).await;
    let status = response.status();
    if status == StatusCode::OK {
        assert_eq!(axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap(), body);
    }
    status
}

#[tokio::test]
async fn answers_are_counted_as_they_travel() {
    let cases: [(&str, Vec<u8>, bool); 6] = [
        ("application/json", vec![b'x'; MOST], true),
        ("application/json", vec![b'x'; MOST + 1], false),
        ("application/problem+json", vec![b'"'; MOST / 2 + 1], false),
        ("text/plain; charset=utf-8", vec![1; MOST / 6], true),
        ("text/plain; charset=utf-8", vec![1; MOST / 6 + 1], false),
        ("application/octet-stream", vec![1; MOST * 4 / 5], false),
    ];
    for (kind, body, fits) in cases {
        let bytes = body.len();
        assert_eq!(status(kind, body).await == StatusCode::OK, fits, "{bytes} bytes of {kind}");
    }
}
