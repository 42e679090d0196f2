//! Requests that are wrong.

use anyhow::{Context, Result};
use kraken_harness::{Api, Home, shell};
use kraken_protocol::api::Problem;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

const UNKNOWN: &str = "01j9zqk3v5w8x2y4t6r7n0m1pa";

/// Sends a request that must be refused, and gives its problem document after looking at what all of them have.
async fn refused(request: RequestBuilder) -> Result<Problem> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.text().await?;
    assert!(status.is_client_error(), "{status}: {body}");
    assert_eq!(headers.get("content-type").context("no content type")?, "application/problem+json", "{body}");
    let problem: Problem = serde_json::from_str(&body).with_context(|| body.clone())?;
    assert_eq!(problem.status, status.as_u16());
    assert!(problem.kind.starts_with("/problems/") && !problem.title.is_empty() && !problem.detail.is_empty(), "{body}");
    assert_eq!(headers.get("x-request-id").context("no request id")?.to_str()?, problem.request_id);
    if status == StatusCode::UNPROCESSABLE_ENTITY {
        assert!(!problem.errors.is_empty(), "no place: {body}");
    }
    Ok(problem)
}

async fn place(request: RequestBuilder) -> Result<(u16, String)> {
    let problem = refused(request).await?;
    let path = problem.errors.first().map(|error| error.path.clone()).unwrap_or_default();
    Ok((problem.status, path))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_named() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.branch_with("demo", &[]).await?;
    for path in [
        "/api/projects/nothing".to_owned(),
        format!("/api/projects/{UNKNOWN}"),
        "/api/projects/nothing/branches".to_owned(),
        "/api/projects/demo/branches/nothing".to_owned(),
        format!("/api/branches/{UNKNOWN}"),
        format!("/api/branches/{UNKNOWN}/stages"),
        format!("/api/branches/{UNKNOWN}/flows"),
        format!("/api/stages/{UNKNOWN}"),
        format!("/api/flows/{UNKNOWN}"),
        format!("/api/flows/{UNKNOWN}/artifacts"),
        format!("/api/runs/{UNKNOWN}-1"),
        format!("/api/runs/{UNKNOWN}-1/jobs"),
        format!("/api/jobs/{UNKNOWN}-1-1"),
        format!("/api/jobs/{UNKNOWN}-1-1/log"),
        format!("/api/jobs/{UNKNOWN}-1-1/log/download"),
        format!("/api/jobs/{UNKNOWN}-1-1/waiting"),
        format!("/api/agents/{UNKNOWN}"),
        "/api/nothing".to_owned(),
    ] {
        let problem = refused(api.request(Method::GET, &path)).await?;
        assert_eq!((problem.status, problem.kind.as_str()), (404, "/problems/not-found"), "{path}");
        let last = path.split('/').rfind(|part| part.contains(UNKNOWN) || *part == "nothing").unwrap();
        assert!(problem.detail.contains(last), "{path}: {}", problem.detail);
    }
    for path in [format!("/api/agents/{UNKNOWN}"), format!("/api/tokens/{UNKNOWN}"), "/api/groups/nothing".to_owned()] {
        assert_eq!(refused(api.request(Method::DELETE, &path)).await?.status, 404, "{path}");
    }
    let problem = refused(api.request(Method::PATCH, "/api/projects")).await?;
    assert_eq!(problem.status, 405);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_ids_are_refused_with_their_place() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let long = "x".repeat(5000);
    for wrong in ["x", "01j9zqk3v5w8x2y4t6r7n0m1p", "0uj9zqk3v5w8x2y4t6r7n0m1pa", "..%2F..%2Fetc", "%00", "%F0%9F%90%99", &long] {
        for (kind, field) in [("branches", "branch"), ("flows", "flow"), ("runs", "run"), ("jobs", "job"), ("agents", "agent")] {
            let told = place(api.request(Method::GET, &format!("/api/{kind}/{wrong}"))).await?;
            assert_eq!(told, (422, format!("/path/{field}")), "{kind}/{wrong}");
        }
    }
    for wrong in [format!("{UNKNOWN}-0"), format!("{UNKNOWN}-01"), format!("{UNKNOWN}-1-1-1"), format!("{UNKNOWN}--1"), UNKNOWN.to_owned()]
    {
        assert_eq!(place(api.request(Method::GET, &format!("/api/jobs/{wrong}"))).await?, (422, "/path/job".to_owned()), "{wrong}");
    }
    // Not even text.
    refused(api.request(Method::GET, "/api/branches/%FF")).await?;
    refused(api.request(Method::GET, "/api/projects/%FF")).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_valid_token_nothing_is_told() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.branch_with("demo", &[]).await?;
    let secret = home.token().to_owned();
    let wrong =
        [None, Some(String::new()), Some("nonsense".to_owned()), Some(secret[..secret.len() - 1].to_owned()), Some(format!("{secret}x"))];
    for token in wrong {
        let api = api.with_token(token.as_deref());
        for path in ["/api/projects", "/api/projects/demo", "/api/projects/nothing", "/api/agents", "/api/changes?watch=flow:x"] {
            let problem = refused(api.request(Method::GET, path)).await?;
            assert_eq!((problem.status, problem.kind.as_str()), (401, "/problems/unauthorised"), "{path} {token:?}");
            assert!(token.as_deref().is_none_or(|token| token.is_empty() || !problem.detail.contains(token)), "{}", problem.detail);
        }
        let made = api.request(Method::POST, "/api/projects").json(&json!({"name": "sneaky"}));
        assert_eq!(refused(made).await?.status, 401);
    }
    let other_scheme = api.with_token(None).request(Method::GET, "/api/projects").header("Authorization", format!("Basic {secret}"));
    assert_eq!(refused(other_scheme).await?.status, 401);
    assert_eq!(api.list::<Value>("/api/projects").await?.len(), 1);
    // What is for everybody.
    for path in ["/api/health", "/api/version", "/api/openapi.json", "/api/workflow-schema"] {
        api.with_token(None).get::<Value>(path).await?;
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_wrong_are_refused_with_the_place() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let flows = format!("/api/branches/{branch}/flows");
    let stages = format!("/api/branches/{branch}/stages");
    for (path, body, field) in [
        ("/api/projects", "{", ""),
        ("/api/projects", "not json", ""),
        ("/api/projects", "[]", ""),
        ("/api/projects", "null", ""),
        ("/api/projects", "{}", ""),
        ("/api/projects", r#"{"name": 5}"#, "/name"),
        ("/api/projects", r#"{"name": "a"} trailing"#, ""),
        ("/api/projects", r#"{"name": "a", "name": "b"}"#, ""),
        ("/api/projects", r#"{"name": "a", "colour": "blue"}"#, "/colour"),
        ("/api/projects", "{\"name\": \"\\ud800\"}", "/name"),
        (&flows, r#"{"kind": "other"}"#, "/kind"),
        (&flows, r#"{"args": []}"#, "/args"),
        (&stages, r#"{"name": "build"}"#, ""),
        ("/api/tokens", r#"{"name": "a", "grants": [{"role": "king"}]}"#, "/grants/0/role"),
        ("/api/tokens", r#"{"name": "a", "grants": []}"#, "/grants"),
        ("/api/tokens", r#"{"name": "a", "grants": [{"role": "user"}], "expires_at": "tomorrow"}"#, "/expires_at"),
        ("/api/enrolment-tokens", r#"{"groups": ["nowhere"]}"#, "/groups/0"),
        ("/api/enrolment-tokens", r#"{"expires_at": "2001-01-01T00:00:00Z"}"#, "/expires_at"),
    ] {
        let request = api.request(Method::POST, path).header("Content-Type", "application/json").body(body.to_owned());
        assert_eq!(place(request).await?, (422, field.to_owned()), "{path} {body}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused(api.request(Method::POST, &flows).body(format!("{{\"args\": {{\"a\": {deep}}}}}"))).await?;
    refused(api.request(Method::POST, "/api/projects").body(b"{\"name\": \"\xff\"}".to_vec())).await?;

    assert_eq!(api.list::<Value>("/api/projects").await?.len(), 1);
    assert_eq!(api.list::<Value>(&flows).await?.len(), 0);
    assert_eq!(api.list::<Value>("/api/tokens").await?.len(), 1);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_printable_and_not_too_long() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let (longest, longer) = ("é".repeat(200), "é".repeat(201));
    type Body = fn(&str) -> Value;
    let calls: [(String, Body); 4] = [
        ("/api/projects".to_owned(), |name| json!({"name": name})),
        ("/api/projects/demo/branches".to_owned(), |name| json!({"name": name})),
        (format!("/api/branches/{branch}/stages"), |name| json!({"name": name, "code": shell("true")})),
        ("/api/tokens".to_owned(), |name| json!({"name": name, "grants": [{"role": "viewer"}]})),
    ];
    for (path, body) in calls {
        for wrong in ["", " ", " a", "a ", "a\nb", "a\u{0}b", "a\u{1b}[31mb", "a\u{7f}", &longer] {
            let told = place(api.request(Method::POST, &path).json(&body(wrong))).await?;
            assert_eq!(told, (422, "/name".to_owned()), "{path} {wrong:?}");
        }
        for right in [&longest, "a/b", "Ünïcödé 日本 🐙", "..", "a#b?c%d"] {
            api.post::<Value>(&path, &body(right)).await.with_context(|| format!("{path} {right:?}"))?;
        }
        // Once more: there is one already. Tokens may be called alike.
        if path != "/api/tokens" {
            assert_eq!(refused(api.request(Method::POST, &path).json(&body("a/b"))).await?.status, 409, "{path}");
        }
    }
    let wrong = json!({"name": "ok", "branch_name": "a\nb"});
    assert_eq!(place(api.request(Method::POST, "/api/projects/demo/branches").json(&wrong)).await?.1, "/branch_name");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_are_refused() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let huge = "x".repeat(5 << 20);
    let large = |api: &Api, path: &str, body: Value| api.request(Method::POST, path).json(&body);
    let problem = refused(large(&api, "/api/projects", json!({"name": "a", "description": huge}))).await?;
    assert_eq!((problem.status, problem.kind.as_str()), (413, "/problems/too-large"));
    // Small enough to be read, too large to be kept.
    let problem = refused(large(&api, "/api/projects", json!({"name": "a", "description": huge[..2 << 20]}))).await?;
    assert_eq!(problem.status, 413, "{}", problem.detail);
    let problem = refused(large(&api, &format!("/api/branches/{branch}/flows"), json!({"args": {"a": huge[..2 << 20]}}))).await?;
    assert_eq!(problem.status, 413, "{}", problem.detail);
    let code = format!("{}\n# {}", shell("true"), &huge[..2 << 20]);
    let problem = refused(large(&api, &format!("/api/branches/{branch}/stages"), json!({"name": "a", "code": code}))).await?;
    assert!([413, 422].contains(&problem.status), "{}", problem.detail);

    assert_eq!(api.list::<Value>("/api/projects").await?.len(), 1);
    assert_eq!(api.list::<Value>(&format!("/api/branches/{branch}/flows")).await?.len(), 0);
    assert_eq!(api.list::<Value>("/api/agents").await?.len(), 0);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_hurts_nobody() -> Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let home = Home::start().await?;
    let address = home.server()?.address();
    for said in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /api/health HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        stream.write_all(said).await?;
        stream.shutdown().await?;
        let mut answer = Vec::new();
        let _closed_or_reset = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    }
    home.api().get::<Value>("/api/health").await?;
    home.end([]).await
}
