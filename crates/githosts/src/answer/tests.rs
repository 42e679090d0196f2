//! Answers of each far side.
#![allow(clippy::unwrap_used)]

use super::*;

const NOW: i64 = 1_700_000_000;

fn read(from: FarSide, status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let headers: Headers<'_> = headers.iter().copied().collect();
    read_answer(from, &Answer { status, headers: &headers, body: body.as_bytes() }, NOW)
}

fn waits(from: FarSide, status: u16, headers: &[(&str, &str)], body: &str) -> Option<u32> {
    match read(from, status, headers, body) {
        Outcome::Later { after_s, .. } => after_s,
        other => panic!("{status} {headers:?} {body}: {other:?}"),
    }
}

#[test]
fn a_limit_says_how_long() {
    let github = FarSide::Git(GitHost::GitHub);
    let gitlab = FarSide::Git(GitHost::GitLab);
    assert_eq!(waits(github, 403, &[("retry-after", "30")], ""), Some(30));
    assert_eq!(waits(github, 429, &[("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1700000100")], ""), Some(100));
    assert_eq!(waits(github, 403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")], ""), Some(1));
    assert_eq!(waits(github, 403, &[], r#"{"message": "You have exceeded a secondary rate limit."}"#), Some(60));
    assert_eq!(waits(github, 429, &[("x-ratelimit-remaining", "12"), ("x-ratelimit-reset", "1700009999")], ""), Some(60));
    assert_eq!(waits(gitlab, 429, &[("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1700000007")], "Retry later"), Some(7));
    assert_eq!(waits(FarSide::Discord, 429, &[], r#"{"message": "You are being rate limited.", "retry_after": 1.2}"#), Some(2));
    assert_eq!(waits(FarSide::Slack, 429, &[("Retry-After", "5")], ""), Some(5));
    assert_eq!(waits(FarSide::Slack, 200, &[("Retry-After", "5")], r#"{"ok": false, "error": "ratelimited"}"#), Some(5));
    assert_eq!(waits(FarSide::Other, 503, &[("retry-after", "Tue, 14 Nov 2023 22:13:50 GMT")], ""), Some(30));
    assert_eq!(waits(FarSide::Other, 503, &[("retry-after", "soon")], ""), None);
    for endless in ["99999999999", "1e300", "Tue, 31 Dec 2999 23:59:59 GMT"] {
        assert_eq!(waits(FarSide::Other, 503, &[("retry-after", endless)], ""), Some(WAIT_MAX_S), "{endless}");
    }
    for odd in ["-5", "NaN", "inf", "0"] {
        assert!(waits(FarSide::Other, 503, &[("retry-after", odd)], "").is_none_or(|seconds| seconds == 1), "{odd}");
    }
}

#[test]
fn what_may_pass_is_later_and_what_a_person_must_change_is_never() {
    let git = FarSide::Git(GitHost::Gitea);
    for status in [200, 201, 204] {
        assert_eq!(read(git, status, &[], "{}"), Outcome::Sent);
    }
    for status in [408, 409, 425, 500, 502, 503, 504, 599] {
        assert!(matches!(read(git, status, &[], ""), Outcome::Later { after_s: None, .. }), "{status}");
    }
    for status in [0, 100, 301, 307, 400, 401, 403, 404, 410, 422, 999] {
        assert!(matches!(read(git, status, &[], ""), Outcome::Never { .. }), "{status}");
    }
}

#[test]
fn the_far_sides_words_are_told_shortly() {
    let why = |body: &str| match read(FarSide::Git(GitHost::GitHub), 422, &[], body) {
        Outcome::Never { why } => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(r#"{"message": "No commit found for SHA: x"}"#), "the far side does not take it (422: No commit found for SHA: x)");
    assert_eq!(why(r#"{"message": {"ref": ["is too long"]}}"#), r#"the far side does not take it (422: {"ref":["is too long"]})"#);
    assert_eq!(why("no_service\r\n"), "the far side does not take it (422: no_service)");
    assert_eq!(why(&format!("<html>{}", "x".repeat(200))), "the far side does not take it (422)");
    assert!(why(&format!(r#"{{"error": "{}"}}"#, "y".repeat(9_000))).len() < 300);
}

#[test]
fn gitlab_refuses_a_status_that_it_has_already() {
    let body = r#"{"message":{"status":["Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via \"enqueue\")"]}}"#;
    assert_eq!(read(FarSide::Git(GitHost::GitLab), 400, &[], body), Outcome::Sent);
    assert!(matches!(read(FarSide::Git(GitHost::GitHub), 400, &[], body), Outcome::Never { .. }));
}

#[test]
fn slack_says_in_the_body_how_it_went() {
    assert_eq!(read(FarSide::Slack, 200, &[], "ok"), Outcome::Sent);
    assert_eq!(read(FarSide::Slack, 200, &[], r#"{"ok": true}"#), Outcome::Sent);
    assert!(matches!(read(FarSide::Slack, 200, &[], r#"{"ok": false, "error": "internal_error"}"#), Outcome::Later { after_s: None, .. }));
    let Outcome::Never { why } = read(FarSide::Slack, 200, &[], r#"{"ok": false, "error": "channel_not_found"}"#) else { panic!() };
    assert_eq!(why, "Slack refused: channel_not_found");
    assert!(matches!(read(FarSide::Slack, 200, &[], r#"{"ok": false}"#), Outcome::Never { .. }));
    assert!(matches!(read(FarSide::Slack, 410, &[], "channel_is_archived"), Outcome::Never { .. }));
}
