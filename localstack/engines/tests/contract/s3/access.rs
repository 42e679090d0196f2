//! Over HTTP: who may do what, with which credentials.

use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Credentials, Intercept, RuntimeComponents};
use aws_sdk_s3::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use kraken_engines::auth::TempCredentials;

use super::store::{BUCKET, Server, code, eventually, fixture, keyring, pattern, put, status};

fn minted(agent: &str) -> TempCredentials {
    keyring().mint(agent, Timestamp::now() + SignedDuration::from_hours(1))
}

fn denied<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(outcome: Result<T, SdkError<E>>) {
    let e = outcome.unwrap_err();
    assert_eq!((code(&e).as_str(), status(&e)), ("AccessDenied", 403));
}

/// HEAD has no body that could name the error.
fn forbidden<T: std::fmt::Debug, E: std::fmt::Debug>(outcome: Result<T, SdkError<E>>) {
    assert_eq!(status(&outcome.unwrap_err()), 403);
}

#[tokio::test]
async fn an_agent_works_under_its_prefix() {
    let fixture = fixture().await;
    let agent = fixture.serve().await.agent(minted("a1"));
    for size in [100, 300_000] {
        put(&agent, "agents/a1/x/../y z", pattern(1, size)).await;
        assert_eq!(super::store::get(&agent, "agents/a1/x/../y z").await, pattern(1, size));
        agent.head_object().bucket(BUCKET).key("agents/a1/x/../y z").send().await.unwrap();
    }
    let listed = agent.list_objects_v2().bucket(BUCKET).prefix("agents/a1/").send().await.unwrap();
    assert_eq!(listed.contents().len(), 1);

    let key = "agents/a1/parts";
    let begun = agent.create_multipart_upload().bucket(BUCKET).key(key).send().await.unwrap();
    let id = begun.upload_id().unwrap();
    let part = agent.upload_part().bucket(BUCKET).key(key).upload_id(id).part_number(1).body(ByteStream::from_static(b"x"));
    part.send().await.unwrap();
    agent.list_parts().bucket(BUCKET).key(key).upload_id(id).send().await.unwrap();
    agent.abort_multipart_upload().bucket(BUCKET).key(key).upload_id(id).send().await.unwrap();

    agent.delete_object().bucket(BUCKET).key("agents/a1/x/../y z").send().await.unwrap();
    assert!(fixture.keys().await.is_empty());
}

#[tokio::test]
async fn an_agent_reaches_nothing_else() {
    let fixture = fixture().await;
    fixture.client.create_bucket().bucket("other").send().await.unwrap();
    fixture.put("agents/a1/own", "own").await;
    let agent = fixture.serve().await.agent(minted("a1"));
    // Whether or not it exists makes no difference.
    fixture.put("agents/a2/secret", "secret").await;
    for key in ["agents/a2/secret", "agents/a2/absent", "agents/a11/x", "agents/a1", "flows/1/plan.json"] {
        denied(agent.get_object().bucket(BUCKET).key(key).send().await);
        denied(agent.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send().await);
        denied(agent.delete_object().bucket(BUCKET).key(key).send().await);
        denied(agent.create_multipart_upload().bucket(BUCKET).key(key).send().await);
        forbidden(agent.head_object().bucket(BUCKET).key(key).send().await);
        let copy = agent.copy_object().copy_source(format!("{BUCKET}/{key}")).bucket(BUCKET).key("agents/a1/stolen");
        denied(copy.send().await);
    }
    for prefix in ["", "agents/", "agents/a1", "agents/a2/"] {
        denied(agent.list_objects_v2().bucket(BUCKET).prefix(prefix).send().await);
    }
    denied(agent.list_objects_v2().bucket(BUCKET).send().await);
    denied(agent.list_buckets().send().await);
    denied(agent.create_bucket().bucket("mine").send().await);
    denied(agent.put_object().bucket("other").key("agents/a1/x").send().await);
    forbidden(agent.head_bucket().bucket(BUCKET).send().await);
    let part_copy = agent.upload_part_copy().bucket(BUCKET).key("agents/a1/p").upload_id("u").part_number(1);
    denied(part_copy.copy_source(format!("{BUCKET}/agents/a2/secret")).send().await);
    assert_eq!(fixture.keys().await, ["agents/a1/own", "agents/a2/secret"]);
}

async fn refusal(server: &Server, credentials: TempCredentials) -> String {
    let agent = server.agent(credentials);
    code(&agent.get_object().bucket(BUCKET).key("agents/a1/own").send().await.unwrap_err())
}

#[tokio::test]
async fn credentials_must_be_whole_and_in_time() {
    let fixture = fixture().await;
    fixture.put("agents/a1/own", "own").await;
    let server = fixture.serve().await;
    let good = minted("a1");

    let expired = keyring().mint("a1", Timestamp::now() - SignedDuration::from_secs(1));
    assert_eq!(refusal(&server, expired).await, "ExpiredToken");
    let wrong_secret = TempCredentials { secret_access_key: "0".repeat(64), ..good.clone() };
    assert_eq!(refusal(&server, wrong_secret).await, "SignatureDoesNotMatch");
    let wrong_token = TempCredentials { session_token: minted("a2").session_token, ..good.clone() };
    assert_eq!(refusal(&server, wrong_token).await, "InvalidToken");
    let unknown = TempCredentials { access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..good.clone() };
    assert_eq!(refusal(&server, unknown).await, "InvalidAccessKeyId");
    // A later expiry or another agent in the key's id is another key, with another secret.
    let forged = TempCredentials { access_key_id: minted("a2").access_key_id, ..good.clone() };
    assert_eq!(refusal(&server, forged).await, "SignatureDoesNotMatch");

    let without = server.client(Credentials::new(&good.access_key_id, &good.secret_access_key, None, None, "test"));
    let e = without.get_object().bucket(BUCKET).key("agents/a1/own").send().await.unwrap_err();
    assert_eq!(code(&e), "InvalidToken");
    server.agent(good).get_object().bucket(BUCKET).key("agents/a1/own").send().await.unwrap();
}

#[tokio::test]
async fn nobody_gets_in_without_a_signature() {
    let fixture = fixture().await;
    fixture.put("k", "secret").await;
    let server = fixture.serve().await;
    let object = format!("{}/{BUCKET}/k", server.url);
    for (method, url) in [
        ("GET", object.clone()),
        ("PUT", object.clone()),
        ("DELETE", object.clone()),
        ("GET", format!("{}/{BUCKET}?list-type=2", server.url)),
        ("GET", format!("{}/", server.url)),
        ("PUT", format!("{}/other", server.url)),
        ("GET", format!("{object}?AWSAccessKeyId=KRKO00000000000000000&Signature=x&Expires=4000000000")),
    ] {
        let (status, body) = server.ask(method, &url, "").await;
        assert_eq!(status, 403, "{method} {url}: {body}");
        assert!(body.contains("AccessDenied") && !body.contains("secret"), "{method} {url}: {body}");
    }
    let form = http::Request::builder().method("POST").uri(format!("{}/{BUCKET}", server.url));
    let form = form.header("content-type", "multipart/form-data; boundary=x").body("--x".to_owned().into()).unwrap();
    assert_eq!(server.send(form).await.status(), 501);
    assert_eq!(fixture.get("k").await, "secret");
}

/// Changes the body after the request was signed.
#[derive(Debug)]
struct Tamper(Bytes);

impl Intercept for Tamper {
    fn name(&self) -> &'static str {
        "Tamper"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *context.request_mut().body_mut() = SdkBody::from(self.0.clone());
        Ok(())
    }
}

#[tokio::test]
async fn the_signature_covers_the_body() {
    let fixture = fixture().await;
    let owner = fixture.serve().await.owner();
    for size in [100, 100_000] {
        let put = owner.put_object().bucket(BUCKET).key("k").body(ByteStream::from(pattern(1, size)));
        let e = put.customize().interceptor(Tamper(pattern(2, size))).send().await.unwrap_err();
        assert_eq!((code(&e).as_str(), status(&e)), ("XAmzContentSHA256Mismatch", 400));
    }
    assert!(fixture.keys().await.is_empty());
    eventually("no file is left", || fixture.files() == 0).await;
}
