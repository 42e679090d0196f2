//! An address of the user's own is told in JSON, signed so that it can check who speaks and when.
//!
//! * `X-Kraken-Timestamp`: seconds since 1970. Receivers refuse what is older than they like.
//! * `X-Kraken-Signature: v1=<hex>`: HMAC-SHA256, with the webhook's secret, of `{timestamp}.{body}`. Absent where there is no secret.
//! * `X-Kraken-Delivery`: the same each time that the same news is sent.
//! * `X-Kraken-Event`: `run.start`, `run.end`, `run.failure`, `run.fixed`, `run.regression`.

use serde_json::{Value, json};

use super::{Occasion, RunNews};
use crate::{Auth, Request, sign::hmac_sha256, text::shorten};

/// Changes that are sent; of more, the newest.
const CHANGES_MAX: usize = 100;

/// The message for an address of the user's own. `delivery`: the news' own id; `now_s`: seconds since 1970.
pub fn webhook(news: &RunNews, url: &str, secret: Option<&str>, delivery: &str, now_s: i64) -> Request {
    let event = match news.occasion {
        Occasion::Start => "run.start",
        Occasion::End => "run.end",
        Occasion::Failure => "run.failure",
        Occasion::Fixed => "run.fixed",
        Occasion::Regression => "run.regression",
    };
    let body = json!({"event": event, "delivery": delivery, "timestamp": now_s, "run": facts(news)}).to_string();
    let signed = secret.filter(|secret| !secret.is_empty()).map(|secret| format!("v1={}", signature(secret, now_s, body.as_bytes())));
    let mut request = Request::post(url.to_owned(), Auth::None, body)
        .with("x-kraken-event", event)
        .with("x-kraken-delivery", delivery)
        .with("x-kraken-timestamp", now_s.to_string());
    if let Some(signature) = signed {
        request = request.with("x-kraken-signature", signature);
    }
    request
}

/// HMAC-SHA256 of `{timestamp}.{body}`, in hexadecimal.
pub fn signature(secret: &str, timestamp_s: i64, body: &[u8]) -> String {
    hex::encode(hmac_sha256(secret.as_bytes(), &[timestamp_s.to_string().as_bytes(), b".", body]))
}

/// The facts themselves, with long texts and many changes cut.
fn facts(news: &RunNews) -> Value {
    let from = news.changes.len().saturating_sub(CHANGES_MAX);
    let changes = news.changes[from..].iter().map(|change| {
        json!({
            "id": shorten(&change.id, 64), "author": shorten(&change.author, 500), "message": shorten(&change.message, 2_000),
            "url": change.url.as_deref().map(|url| shorten(url, 2_000)),
        })
    });
    let text = |text: &str| shorten(text, 1_000);
    json!({
        "id": news.run_id, "label": text(&news.run), "stage": text(&news.stage), "result": news.result, "url": news.url,
        "project": text(&news.project), "branch": text(&news.branch), "flow": {"label": text(&news.flow), "kind": news.flow_kind},
        "note": news.note.as_deref().map(text), "counts": news.counts, "duration_s": news.duration_s,
        "changes": changes.collect::<Vec<_>>(), "changes_left_out": from,
    })
}
