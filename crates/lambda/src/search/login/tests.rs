#![allow(clippy::unwrap_used)]
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::super::open;
use super::*;
use crate::Region;

/// `me:hunter2:7` in base64: the password has a colon.
const BASIC: &str = "Basic bWU6aHVudGVyMjo3";

/// Systems Manager with one parameter, and an OpenSearch that lets in whoever has the password.
#[derive(Clone, Default)]
struct World {
    parameter: Arc<Mutex<Option<&'static str>>>,
    /// What Systems Manager was asked.
    asked: Arc<Mutex<Vec<Value>>>,
}

async fn manager(State(world): State<World>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    assert_eq!(headers["x-amz-target"], "AmazonSSM.GetParameter");
    world.asked.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    match *world.parameter.lock().unwrap() {
        Some(value) => (StatusCode::OK, json!({"Parameter": {"Value": value}}).to_string()),
        None => (StatusCode::BAD_REQUEST, json!({"__type": "ParameterNotFound"}).to_string()),
    }
}

async fn indices(headers: HeaderMap) -> (StatusCode, &'static str) {
    let known = headers.get("authorization").is_some_and(|given| given == BASIC);
    if known { (StatusCode::OK, "[]") } else { (StatusCode::UNAUTHORIZED, "{}") }
}

impl World {
    /// A search there, as a function opens it.
    async fn search(&self) -> Arc<dyn LogSearch> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(manager)).route("/_cat/indices/{names}", get(indices)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let region = Region { name: "eu-central-1".into(), endpoint: Some(url.clone()) };
        let credentials = Credentials::new("id", "secret", None, None, "test");
        open(&url, Some("/kraken/search"), &region, credentials).unwrap().unwrap()
    }
}

#[tokio::test]
async fn the_password_is_read_once_and_sent_with_each_request() {
    let world = World::default();
    *world.parameter.lock().unwrap() = Some("me:hunter2:7\n");
    let search = world.search().await;
    assert!(world.asked.lock().unwrap().is_empty(), "nobody has searched");
    for _ in 0..3 {
        search.drop_before(Timestamp::UNIX_EPOCH).await.unwrap();
    }
    assert_eq!(*world.asked.lock().unwrap(), [json!({"Name": "/kraken/search", "WithDecryption": true})]);
    assert!(!format!("{search:?}").contains("hunter2"), "{search:?}");
}

#[tokio::test]
async fn what_is_wrong_with_the_parameter_is_said_without_what_it_holds_and_looked_at_again() {
    let world = World::default();
    let search = world.search().await;
    for (value, said) in [(None, "ParameterNotFound"), (Some("hunter2"), "USER:PASSWORD"), (Some(":hunter2"), "USER:PASSWORD")] {
        *world.parameter.lock().unwrap() = value;
        let refused = search.drop_before(Timestamp::UNIX_EPOCH).await.unwrap_err();
        let text = refused.to_string();
        assert!(matches!(refused, SearchError::Setup(_)) && text.contains("/kraken/search") && text.contains(said), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    *world.parameter.lock().unwrap() = Some("me:hunter2:7");
    search.drop_before(Timestamp::UNIX_EPOCH).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_opens_nothing() {
    let world = World::default();
    *world.parameter.lock().unwrap() = Some("me:hunter3");
    let refused = world.search().await.drop_before(Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(refused, SearchError::Setup(_)) && !refused.to_string().contains("hunter3"), "{refused}");
}
