//! The event bus of a cloud as it can be: away, half there, forgetful. Speaks the protocol, and remembers what it was told.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_eventbridge::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use kraken_cloud::Bus;
use serde_json::{Value, json};

/// How the bus is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// It takes everything.
    #[default]
    Takes,
    /// It answers that it is not there.
    Away,
    /// It takes every other entry of a call.
    TakesHalf,
    /// It takes everything, and its answers are lost.
    AnswersAreLost,
    /// It says of every entry that it will never take it.
    Refuses,
}

#[derive(Debug, Default)]
struct State {
    mood: Mood,
    calls: Vec<usize>,
    heard: Vec<Value>,
}

/// A bus on the other side of the wire.
#[derive(Clone, Debug, Default)]
pub struct FarBus(Arc<Mutex<State>>);

impl FarBus {
    /// From now on it is so.
    pub fn becomes(&self, mood: Mood) {
        self.state(|state| state.mood = mood);
    }

    /// What it took, as the details of the events, in order.
    pub fn heard(&self) -> Vec<Value> {
        self.state(|state| state.heard.clone())
    }

    /// How many entries each call had.
    pub fn calls(&self) -> Vec<usize> {
        self.state(|state| state.calls.clone())
    }

    /// A client that reaches it.
    pub fn client(&self) -> Bus {
        let connector = SharedHttpConnector::new(self.clone());
        let config = aws_sdk_eventbridge::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        Bus::new(aws_sdk_eventbridge::Client::from_conf(config), "kraken")
    }

    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Value) {
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        let entries = body["Entries"].as_array().cloned().unwrap_or_default();
        self.state(|state| {
            state.calls.push(entries.len());
            let unavailable = (503, json!({"__type": "ServiceUnavailable", "message": "away"}));
            if state.mood == Mood::Away {
                return unavailable;
            }
            let mut outcomes = Vec::new();
            for (at, entry) in entries.iter().enumerate() {
                let code = match state.mood {
                    Mood::TakesHalf if at % 2 == 1 => Some("ThrottlingException"),
                    Mood::Refuses => Some("MalformedDetail"),
                    _ => None,
                };
                if let Some(code) = code {
                    outcomes.push(json!({"ErrorCode": code, "ErrorMessage": "not now"}));
                } else {
                    state.heard.push(entry["Detail"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default());
                    outcomes.push(json!({"EventId": format!("delivery-{}", state.heard.len())}));
                }
            }
            if state.mood == Mood::AnswersAreLost {
                return unavailable;
            }
            let failed = outcomes.iter().filter(|outcome| outcome["ErrorCode"].is_string()).count();
            (200, json!({"FailedEntryCount": failed, "Entries": outcomes}))
        })
    }
}

impl HttpConnector for FarBus {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.answer(&request);
        let status = StatusCode::try_from(status).expect("a status code");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
    }
}
