//! The key that secrets are sealed with, kept by a service that speaks the protocol of Systems Manager.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_ssm::{Client, config::Region};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use kraken_cloud::{KeyParameter, Sealer};
use serde_json::{Value, json};

/// One parameter, and the calls that came for it.
#[derive(Clone, Default)]
struct Keeper {
    value: Arc<Mutex<Option<String>>>,
    calls: Arc<Mutex<Vec<Value>>>,
}

async fn answer(State(keeper): State<Keeper>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let refused = |kind: &str| (StatusCode::BAD_REQUEST, json!({"__type": kind}).to_string());
    let asked: Value = serde_json::from_slice(&body).unwrap();
    keeper.calls.lock().unwrap().push(asked.clone());
    let mut value = keeper.value.lock().unwrap();
    match (headers["x-amz-target"].to_str().unwrap(), value.as_ref()) {
        ("AmazonSSM.GetParameter", None) => refused("ParameterNotFound"),
        ("AmazonSSM.GetParameter", Some(value)) => (StatusCode::OK, json!({"Parameter": {"Value": value}}).to_string()),
        ("AmazonSSM.PutParameter", Some(_)) if asked["Overwrite"] != true => refused("ParameterAlreadyExists"),
        ("AmazonSSM.PutParameter", _) => {
            *value = asked["Value"].as_str().map(str::to_owned);
            (StatusCode::OK, json!({"Version": 1}).to_string())
        }
        (other, _) => panic!("{other}"),
    }
}

impl Keeper {
    /// A client of a keeper that listens from now on.
    async fn client(&self) -> Client {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let config = aws_sdk_ssm::Config::builder()
            .behavior_version(aws_sdk_ssm::config::BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(url)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        Client::from_conf(config.build())
    }

    async fn sealer(&self, kms_key: Option<&str>) -> Sealer {
        let kms_key = kms_key.map(str::to_owned);
        Sealer::fetched(KeyParameter { client: self.client().await, name: "/kraken/sealing-key".to_owned(), kms_key })
    }
}

#[tokio::test]
async fn whoever_needs_the_key_first_makes_it_and_the_others_take_it() {
    let keeper = Keeper::default();
    let (one, other) = (keeper.sealer(Some("key-of-ours")).await, keeper.sealer(None).await);
    let (sealed, again) = tokio::join!(one.seal("here", b"secret"), other.seal("here", b"secret"));
    let (sealed, again) = (sealed.unwrap(), again.unwrap());
    assert_eq!(**other.open("here", &sealed).await.unwrap(), *b"secret");
    assert_eq!(**one.open("here", &again).await.unwrap(), *b"secret");
    let calls = keeper.calls.lock().unwrap();
    let made: Vec<_> = calls.iter().filter(|call| call.get("Value").is_some()).collect();
    assert!(made.iter().all(|call| call["Type"] == "SecureString" && call["Overwrite"] == false && call["Tier"] == "Standard"), "{made:?}");
    assert!(calls.iter().filter(|call| call.get("Value").is_none()).all(|call| call["WithDecryption"] == true));
}

#[tokio::test]
async fn the_key_is_read_once_and_again_when_another_was_put_in_front() {
    let keeper = Keeper::default();
    let (one, other) = (keeper.sealer(None).await, keeper.sealer(None).await);
    let before = one.seal("here", b"before").await.unwrap();
    other.open("here", &before).await.unwrap();
    let calls = keeper.calls.lock().unwrap().len();
    for _ in 0..5 {
        one.open("here", &before).await.unwrap();
    }
    assert_eq!(keeper.calls.lock().unwrap().len(), calls);

    let old = keeper.value.lock().unwrap().clone().unwrap();
    *keeper.value.lock().unwrap() = Some(format!("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE= {old}"));
    let third = keeper.sealer(None).await;
    let after = third.seal("here", b"after").await.unwrap();
    assert_eq!(**one.open("here", &after).await.unwrap(), *b"after");
    assert_eq!(**third.open("here", &before).await.unwrap(), *b"before");
}

#[tokio::test]
async fn a_parameter_that_holds_no_key_is_named_and_not_replaced() {
    let keeper = Keeper::default();
    *keeper.value.lock().unwrap() = Some("something else".to_owned());
    let refused = keeper.sealer(None).await.seal("here", b"secret").await.unwrap_err().to_string();
    assert!(refused.contains("/kraken/sealing-key") && !refused.contains("something else"), "{refused}");
    assert_eq!(keeper.value.lock().unwrap().as_deref(), Some("something else"));
}
