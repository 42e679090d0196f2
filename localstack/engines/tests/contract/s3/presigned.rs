//! Presigned URLs, used by plain HTTP clients: browsers, and agents that may read one object of another.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use jiff::{SignedDuration, Timestamp};

use super::store::{BUCKET, fixture, keyring, pattern};

fn for_an_hour() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(3600)).unwrap()
}

/// Made two hours ago, for one.
fn long_over() -> PresigningConfig {
    let start = SystemTime::now() - Duration::from_secs(7200);
    PresigningConfig::builder().start_time(start).expires_in(Duration::from_secs(3600)).build().unwrap()
}

#[tokio::test]
async fn the_owner_hands_out_one_object() {
    let fixture = fixture().await;
    let server = fixture.serve().await;
    let signer = fixture.store.client_for_endpoint(&server.url);
    for key in ["k", "a/ü b+%/..//x", "q?a=1&b#c"] {
        fixture.put(key, "hello").await;
        let get = signer.get_object().bucket(BUCKET).key(key).presigned(for_an_hour()).await.unwrap();
        assert_eq!(server.ask("GET", get.uri(), "").await, (200, "hello".to_owned()), "{key}");

        let put = signer.put_object().bucket(BUCKET).key(key).presigned(for_an_hour()).await.unwrap();
        assert_eq!(server.ask("PUT", put.uri(), "replaced").await.0, 200, "{key}");
        assert_eq!(fixture.get(key).await, "replaced");
        assert_eq!(server.ask("PUT", get.uri(), "x").await.0, 403, "a URL is for one method");
        assert_eq!(server.ask("DELETE", put.uri(), "").await.0, 403);
    }
}

#[tokio::test]
async fn ranges_and_headers_work_through_a_url() {
    let fixture = fixture().await;
    let server = fixture.serve().await;
    let signer = fixture.store.client_for_endpoint(&server.url);
    fixture.put("k", pattern(1, 100_000)).await;
    let get = signer.get_object().bucket(BUCKET).key("k").response_content_disposition("attachment; filename=\"k.bin\"");
    let get = get.presigned(for_an_hour()).await.unwrap();
    let request = http::Request::builder().uri(get.uri()).header("range", "bytes=50000-50009").body("".to_owned().into());
    let response = server.send(request.unwrap()).await;
    assert_eq!(response.status(), 206);
    assert_eq!(response.headers()["content-range"], "bytes 50000-50009/100000");
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"k.bin\"");
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    assert_eq!(body, pattern(1, 100_000)[50_000..50_010]);

    let etag = fixture.client.head_object().bucket(BUCKET).key("k").send().await.unwrap().e_tag().unwrap().to_owned();
    let request = http::Request::builder().uri(get.uri()).header("if-none-match", etag).body("".to_owned().into());
    let response = server.send(request.unwrap()).await;
    assert_eq!(response.status(), 304);
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    assert!(body.is_empty());
}

#[tokio::test]
async fn a_url_ends() {
    let fixture = fixture().await;
    fixture.put("k", "hello").await;
    let server = fixture.serve().await;
    let signer = fixture.store.client_for_endpoint(&server.url);
    let get = signer.get_object().bucket(BUCKET).key("k").presigned(long_over()).await.unwrap();
    let (status, body) = server.ask("GET", get.uri(), "").await;
    assert_eq!(status, 403);
    assert!(body.contains("AccessDenied") && body.contains("expired"), "{body}");
    let put = signer.put_object().bucket(BUCKET).key("k").presigned(long_over()).await.unwrap();
    assert_eq!(server.ask("PUT", put.uri(), "x").await.0, 403);
    assert_eq!(fixture.get("k").await, "hello");
}

#[tokio::test]
async fn a_changed_url_is_worthless() {
    let fixture = fixture().await;
    fixture.put("k", "hello").await;
    fixture.put("other", "secret").await;
    let server = fixture.serve().await;
    let signer = fixture.store.client_for_endpoint(&server.url);
    let get = signer.get_object().bucket(BUCKET).key("k").presigned(for_an_hour()).await.unwrap();
    for changed in [
        get.uri().replace("/k?", "/other?"),
        get.uri().replace("X-Amz-Expires=3600", "X-Amz-Expires=36000"),
        format!("{}&response-content-type=text%2Fhtml", get.uri()),
    ] {
        assert_ne!(changed, get.uri());
        let (status, body) = server.ask("GET", &changed, "").await;
        assert_eq!(status, 403, "{body}");
        assert!(body.contains("SignatureDoesNotMatch"), "{body}");
    }
}

/// A page that a job made must not act as the application it is served beside.
#[tokio::test]
async fn a_page_gets_an_origin_of_its_own() {
    let fixture = fixture().await;
    let put = fixture.client.put_object().bucket(BUCKET).key("report.html").content_type("text/html");
    put.body(aws_sdk_s3::primitives::ByteStream::from_static(b"<script>fetch('/api')</script>")).send().await.unwrap();
    let server = fixture.serve().await;
    let signer = fixture.store.client_for_endpoint(&server.url);
    let get = signer.get_object().bucket(BUCKET).key("report.html").presigned(for_an_hour()).await.unwrap();
    let response = server.send(http::Request::builder().uri(get.uri()).body("".to_owned().into()).unwrap()).await;
    assert_eq!(response.headers()["content-type"], "text/html");
    assert_eq!(response.headers()["content-security-policy"], "sandbox allow-scripts");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
}

/// An agent can sign URLs too, as far as its own rights and its own time go.
#[tokio::test]
async fn a_url_gives_no_more_than_its_signer_has() {
    let fixture = fixture().await;
    fixture.put("agents/a1/own", "own").await;
    fixture.put("agents/a2/secret", "secret").await;
    let server = fixture.serve().await;
    let agent = server.agent(keyring().mint("a1", Timestamp::now() + SignedDuration::from_hours(1)));
    let url = |key: &'static str| agent.get_object().bucket(BUCKET).key(key).presigned(for_an_hour());
    let own = url("agents/a1/own").await.unwrap();
    assert_eq!(server.ask("GET", own.uri(), "").await, (200, "own".to_owned()));
    let (status, body) = server.ask("GET", url("agents/a2/secret").await.unwrap().uri(), "").await;
    assert_eq!(status, 403);
    assert!(!body.contains("<Code>secret"), "{body}");

    let gone = server.agent(keyring().mint("a1", Timestamp::now() - SignedDuration::from_secs(1)));
    let url = gone.get_object().bucket(BUCKET).key("agents/a1/own").presigned(for_an_hour()).await.unwrap();
    let (status, body) = server.ask("GET", url.uri(), "").await;
    assert!(status == 403 && body.contains("ExpiredToken"), "{body}");
}
