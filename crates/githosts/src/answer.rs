//! What a far side's answer means for the one who sends: done, later, or never.
//!
//! Invariants: whatever may pass by itself is "later"; what only a person can change is "never". What is told of the answer is short, on one line, and
//! comes from the far side's own error fields.

use serde_json::Value;

use crate::{
    GitHost, Headers,
    text::{one_line, shorten},
};

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarSide {
    /// A git host's API.
    Git(GitHost),
    /// Slack, the API or an incoming webhook.
    Slack,
    /// A Discord webhook.
    Discord,
    /// Anything else.
    Other,
}

/// An answer, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: &'a Headers<'a>,
    /// The body, or its beginning.
    pub body: &'a [u8],
}

/// What it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Sent,
    /// Try again.
    Later {
        /// After at least so many seconds, where the far side said; else as the sender's own patience has it.
        after_s: Option<u32>,
        /// Why.
        why: String,
    },
    /// Trying again would give the same.
    Never {
        /// Why, and what would help.
        why: String,
    },
}

/// The longest wait that is believed, in seconds.
const WAIT_MAX_S: u32 = 24 * 3600;
/// What GitHub asks for where a limit gives no time: <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.
const WAIT_UNKNOWN_S: u32 = 60;
/// Bytes of a body that are read.
const BODY_READ_MAX: usize = 64 * 1024;

/// What an answer means. `now_s`: seconds since 1970, for limits that end at a time.
pub fn read_answer(from: FarSide, answer: &Answer<'_>, now_s: i64) -> Outcome {
    let body = answer.body.get(..BODY_READ_MAX).unwrap_or(answer.body);
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = said(&value, body);
    let status = answer.status;
    let later = |why: &str| Outcome::Later { after_s: wait(answer.headers, &value, now_s), why: format!("{why} ({status}{said})") };
    let never = |why: &str| Outcome::Never { why: format!("{why} ({status}{said})") };
    match status {
        200..=299 if from == FarSide::Slack => read_slack(&value, answer.headers, now_s),
        200..=299 => Outcome::Sent,
        403 | 429 if status == 429 || is_limited(answer.headers, &said) => match wait(answer.headers, &value, now_s) {
            None => Outcome::Later { after_s: Some(WAIT_UNKNOWN_S), why: format!("too many calls ({status}{said})") },
            after_s => Outcome::Later { after_s, why: format!("too many calls ({status}{said})") },
        },
        // GitLab: the commit has that status already.
        400 if from == FarSide::Git(GitHost::GitLab) && said.to_lowercase().contains("cannot transition status") => Outcome::Sent,
        408 | 409 | 423 | 425 => later("the far side was busy"),
        500..=599 => later("the far side failed"),
        300..=399 => never("the address has moved: set the new one"),
        401 => never("the credentials are not taken: set new ones"),
        403 => never("the credentials do not allow it: give them the right to do this"),
        404 => never("there is nothing at that address, or the credentials may not see it"),
        410 => never("the address is gone: set another one"),
        _ => never("the far side does not take it"),
    }
}

/// Slack's API answers 200 to everything and says in the body how it went (<https://docs.slack.dev/apis/web-api/#responses>); an incoming webhook
/// answers `ok` as text (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>).
fn read_slack(value: &Value, headers: &Headers<'_>, now_s: i64) -> Outcome {
    let Some(false) = value.get("ok").and_then(Value::as_bool) else { return Outcome::Sent };
    let error = value.get("error").and_then(Value::as_str).unwrap_or("no reason given");
    let why = format!("Slack refused: {}", shorten(&one_line(error), 100));
    let passes =
        ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"];
    match error {
        "ratelimited" | "rate_limited" => Outcome::Later { after_s: wait(headers, value, now_s).or(Some(WAIT_UNKNOWN_S)), why },
        error if passes.contains(&error) => Outcome::Later { after_s: wait(headers, value, now_s), why },
        _ => Outcome::Never { why },
    }
}

/// Whether a 403 is a limit and no lack of rights: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
fn is_limited(headers: &Headers<'_>, said: &str) -> bool {
    let none_left = ["x-ratelimit-remaining", "ratelimit-remaining"].iter().any(|name| headers.text(name) == Some("0"));
    none_left || headers.text("retry-after").is_some() || said.to_lowercase().contains("rate limit")
}

/// How long to wait, in seconds.
///
/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); GitHub's `x-ratelimit-reset` and GitLab's `RateLimit-Reset`, in seconds since
/// 1970 (<https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers>), which count when nothing is left;
/// Discord's `retry_after` in the body, in seconds with a fraction (<https://discord.com/developers/docs/topics/rate-limits>).
fn wait(headers: &Headers<'_>, value: &Value, now_s: i64) -> Option<u32> {
    let from_now = |then: i64| then.saturating_sub(now_s);
    let header = headers.text("retry-after").and_then(|text| match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() => Some(seconds.ceil() as i64),
        Ok(_) => None,
        Err(_) => jiff::fmt::rfc2822::parse(text).ok().map(|time| from_now(time.timestamp().as_second())),
    });
    let reset = [("x-ratelimit-remaining", "x-ratelimit-reset"), ("ratelimit-remaining", "ratelimit-reset")];
    let reset = reset.iter().find_map(|(left, reset)| {
        let none_left = headers.text(left) == Some("0");
        none_left.then(|| headers.text(reset)).flatten()?.parse::<i64>().ok().map(from_now)
    });
    let body = value.get("retry_after").and_then(Value::as_f64).map(|seconds| seconds.ceil() as i64);
    let seconds = header.or(reset).or(body)?;
    u32::try_from(seconds.max(1)).ok().map(|seconds| seconds.min(WAIT_MAX_S)).or(Some(WAIT_MAX_S))
}

/// What the far side said, as `: words`, or nothing.
fn said(value: &Value, body: &[u8]) -> String {
    let field =
        ["message", "error", "errors", "error_description"].iter().find_map(|name| value.get(name).filter(|value| !value.is_null()));
    let text = match field {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        // Short plain text is an error's name (Slack: `channel_not_found`); a page is none.
        None if value.is_null() && body.len() <= 100 => String::from_utf8_lossy(body).into_owned(),
        None => String::new(),
    };
    let text = shorten(&one_line(&text), 200);
    if text.is_empty() { text } else { format!(": {text}") }
}

#[cfg(test)]
mod tests;
