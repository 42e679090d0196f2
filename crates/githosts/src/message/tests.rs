//! The same facts in each channel, and facts that would rather be something else.
#![allow(clippy::unwrap_used)]

use serde_json::Value;

use super::*;
use crate::{Auth, Request};

fn news() -> RunNews {
    RunNews {
        occasion: Occasion::Regression,
        result: RunResult::NewFailures,
        project: "Kraken".into(),
        branch: "main".into(),
        flow_kind: "ci".into(),
        flow: "12.".into(),
        stage: "Unit Tests".into(),
        run_id: "01HZX".into(),
        run: "7.".into(),
        note: None,
        counts: Counts {
            jobs: 10,
            jobs_in_error: 0,
            tests: 200,
            tests_passed: 197,
            tests_failed: 3,
            tests_newly_failed: 2,
            ..Counts::default()
        },
        duration_s: Some(3_723),
        changes: vec![Change {
            id: "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c".into(),
            author: "Ada".into(),
            message: "Fix it\n\nReally".into(),
            url: Some("https://github.com/octo/hello/commit/0d1a26e67d8f".into()),
        }],
        url: "https://ci.example.com/runs/01HZX".into(),
    }
}

/// Facts as long and as strange as they can be.
fn hostile() -> RunNews {
    let evil = "<!channel> @everyone <script>alert('x')</script> \"&|`*_~[a](http://x)\r\nBcc: a@b\u{0}🦑";
    let long = evil.repeat(100);
    let change = Change { id: long.clone(), author: long.clone(), message: long.clone(), url: Some("https://x.example/a|b&c'd".into()) };
    RunNews {
        project: long.clone(),
        branch: long.clone(),
        flow_kind: long.clone(),
        flow: long.clone(),
        stage: long.clone(),
        run: long.clone(),
        note: Some(long.clone()),
        changes: vec![change; 300],
        counts: Counts {
            jobs: u64::MAX,
            jobs_in_error: u64::MAX,
            tests: u64::MAX,
            tests_passed: u64::MAX,
            tests_failed: u64::MAX,
            tests_newly_failed: u64::MAX,
            tests_fixed: u64::MAX,
            issues: u64::MAX,
            issues_new: u64::MAX,
        },
        duration_s: Some(u64::MAX),
        url: format!("javascript:{long}"),
        ..news()
    }
}

fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

fn units(value: &Value) -> usize {
    value.as_str().unwrap().encode_utf16().count()
}

#[test]
fn slack_gets_blocks() {
    let request = slack(&news(), "https://slack.com/api", SlackTarget::Channel("#builds"));
    assert_eq!((request.url.as_str(), request.auth), ("https://slack.com/api/chat.postMessage", Auth::Bearer));
    let body = body(&request);
    assert_eq!(body["channel"], "#builds");
    assert_eq!(body["text"], "Kraken / main: Unit Tests 7. has new failing tests");
    assert_eq!(body["blocks"][0]["text"]["text"], body["text"]);
    assert_eq!(body["blocks"][1]["text"]["text"], "<https://ci.example.com/runs/01HZX|CI flow 12., run 7.>");
    let fields: Vec<_> = body["blocks"][2]["fields"].as_array().unwrap().iter().map(|field| field["text"].as_str().unwrap()).collect();
    assert_eq!(fields, ["*Jobs*\n10", "*Tests*\n200, 197 passed, 3 failed, 2 newly failed", "*Duration*\n1 h 2 min 3 s"]);
    assert_eq!(body["blocks"][3]["text"]["text"], "• <https://github.com/octo/hello/commit/0d1a26e67d8f|0d1a26e6> Fix it (Ada)");
}

#[test]
fn slack_is_called_at_a_webhook_too() {
    let request = slack(&news(), "", SlackTarget::Webhook("https://hooks.slack.com/services/T/B/x"));
    assert_eq!((request.url.as_str(), request.auth), ("https://hooks.slack.com/services/T/B/x", Auth::None));
    assert!(body(&request).get("channel").is_none());
}

#[test]
fn slack_is_not_overrun() {
    let body = body(&slack(&hostile(), "https://slack.com/api", SlackTarget::Channel("c")));
    let blocks = body["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    assert!(units(&blocks[0]["text"]["text"]) <= 150);
    assert_eq!(blocks[0]["text"]["type"], "plain_text");
    let mut marked = vec![&body["text"]];
    for block in &blocks[1..] {
        marked.extend(block.get("text").map(|text| &text["text"]));
        marked.extend(block["fields"].as_array().into_iter().flatten().map(|field| &field["text"]));
    }
    for text in marked {
        assert!(units(text) <= 3_000, "{}", units(text));
        let text = text.as_str().unwrap();
        assert!(!text.contains("<!") && !text.contains("<s") && !text.contains("javascript:"), "{text}");
        // Every sign that is left is of one of our own links or of an escape.
        let links = text.matches("<https://").count();
        assert_eq!((text.matches('<').count(), text.matches('>').count()), (links, links), "{text}");
        assert_eq!(
            text.matches('&').count(),
            ["&amp;", "&lt;", "&gt;"].iter().map(|escape| text.matches(escape).count()).sum::<usize>(),
            "{text}"
        );
    }
}

#[test]
fn discord_gets_an_embed_that_calls_nobody() {
    let request = discord(&news(), "https://discord.com/api/webhooks/1/x");
    let sent = body(&request);
    assert_eq!(sent["allowed_mentions"], serde_json::json!({"parse": []}));
    let embed = &sent["embeds"][0];
    assert_eq!(embed["title"], "Kraken / main\\: Unit Tests 7. has new failing tests");
    assert_eq!(embed["url"], "https://ci.example.com/runs/01HZX");
    assert_eq!(embed["color"], 0xdc_26_26);
    assert_eq!(
        embed["fields"][1],
        serde_json::json!({"name": "Tests", "value": "200, 197 passed, 3 failed, 2 newly failed", "inline": true})
    );
    let lines: Vec<_> = embed["description"].as_str().unwrap().lines().collect();
    assert_eq!(lines, ["CI flow 12., run 7.", "[0d1a26e6](<https://github.com/octo/hello/commit/0d1a26e67d8f>) Fix it (Ada)"]);
}

#[test]
fn discord_is_not_overrun() {
    let sent = body(&discord(&hostile(), "https://discord.com/api/webhooks/1/x"));
    let embed = &sent["embeds"][0];
    let fields = embed["fields"].as_array().unwrap();
    let mut all = units(&embed["title"]) + units(&embed["description"]);
    assert!(units(&embed["title"]) <= 256 && units(&embed["description"]) <= 4_096 && fields.len() <= 25);
    for field in fields {
        assert!((1..=256).contains(&units(&field["name"])) && (1..=1_024).contains(&units(&field["value"])));
        all += units(&field["name"]) + units(&field["value"]);
    }
    assert!(all <= 6_000, "{all}");
    assert!(embed.get("url").is_none());
    assert!(!sent.to_string().contains("[a](http"), "{sent}");
}

/// Made with `openssl dgst -sha256 -hmac`.
#[test]
fn an_address_of_ones_own_can_check_who_speaks_and_when() {
    assert_eq!(
        signature("It's a Secret to Everybody", 1_700_000_000, b"Hello, World!"),
        "76c83fd0acdf22faed320674fe8e04d528cfe8a17905e720a9611e40677c03b7"
    );
    let request = webhook(&news(), "https://hooks.example.com/ci", Some("s3cret"), "news-1", 1_700_000_000);
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("x-kraken-event"), Some("run.regression"));
    assert_eq!(header("x-kraken-delivery"), Some("news-1"));
    assert_eq!(header("x-kraken-timestamp"), Some("1700000000"));
    let expected = format!("v1={}", signature("s3cret", 1_700_000_000, request.body.as_bytes()));
    assert_eq!(header("x-kraken-signature"), Some(expected.as_str()));
    assert!(!format!("{request:?}").contains("s3cret"));
    let body = body(&request);
    assert_eq!((&body["event"], &body["run"]["result"]), (&"run.regression".into(), &"new_failures".into()));
    assert_eq!(body["run"]["changes"][0]["message"], "Fix it\n\nReally");
    for secret in [None, Some("")] {
        let request = webhook(&news(), "https://hooks.example.com/ci", secret, "news-1", 1_700_000_000);
        assert!(request.headers.iter().all(|(name, _)| name != "x-kraken-signature"));
    }
}

#[test]
fn an_address_of_ones_own_is_not_overrun() {
    let request = webhook(&hostile(), "https://hooks.example.com/ci", None, "news-1", 0);
    assert!(request.body.len() < 2 * 1024 * 1024, "{}", request.body.len());
    assert_eq!(body(&request)["run"]["changes_left_out"], 200);
}

#[test]
fn a_mail_says_the_same_twice() {
    let mail = mail(&RunNews { note: Some("it took\ntoo long".into()), ..news() });
    assert_eq!(mail.subject, "[Kraken] Kraken / main: Unit Tests 7. has new failing tests");
    let expected = "Kraken / main: Unit Tests 7. has new failing tests\nCI flow 12., run 7.\n\nit took too long\n\nJobs: 10\n\
        Tests: 200, 197 passed, 3 failed, 2 newly failed\nDuration: 1 h 2 min 3 s\n\nChanges:\n  0d1a26e6 Fix it (Ada)\n\n\
        https://ci.example.com/runs/01HZX\n";
    assert_eq!(mail.text, expected);
    assert!(mail.html.contains("<a href=\"https://ci.example.com/runs/01HZX\">CI flow 12., run 7.</a>"), "{}", mail.html);
    assert!(mail.html.contains("<tr><th align=\"left\">Jobs</th><td>10</td></tr>"));
}

#[test]
fn a_mail_cannot_be_made_another() {
    let mail = mail(&hostile());
    assert!(mail.subject.encode_utf16().count() <= 200 && !mail.subject.contains(char::is_control), "{}", mail.subject);
    assert!(!mail.html.contains("<script") && !mail.html.contains("javascript:"));
    assert!(mail.html.contains("href=\"https://x.example/a|b&amp;c&#39;d\""));
    let tags = ["!DOCTYPE", "html", "head", "meta", "title", "body", "h2", "h3", "p", "table", "tr", "th", "td", "ul", "li", "a"];
    for tag in mail.html.split('<').skip(1) {
        let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
        assert!(tags.contains(&name), "{name}");
    }
    assert!(mail.text.len() < 20_000 && mail.html.len() < 40_000);
}

#[test]
fn a_result_is_a_status_of_the_commit() {
    let results =
        [RunResult::Running, RunResult::Passed, RunResult::NewFailures, RunResult::JobErrors, RunResult::Broken, RunResult::Cancelled];
    let states = [State::Pending, State::Success, State::Failure, State::Failure, State::Error, State::Error];
    assert_eq!(results.map(RunResult::state), states);
}

#[test]
fn durations_are_read_easily() {
    let cases = [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_600, "1 h"), (90_061, "25 h 1 min 1 s")];
    for (seconds, text) in cases {
        assert_eq!(words::duration(seconds), text);
    }
}
