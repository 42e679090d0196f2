//! Who does not know the key is told nothing, and leaves nothing behind.

use std::time::Duration;

use anyhow::Result;
use kraken_harness::{recorded, refusal, shell};
use kraken_protocol::api::{DeliveryView, WebhookView};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Told, exactly_once::push_to_main};

/// What is said to somebody, but for the request's id.
async fn said(answer: reqwest::Response) -> Result<(StatusCode, Value)> {
    let status = answer.status();
    let mut problem: Value = answer.json().await?;
    problem["request_id"] = Value::Null;
    Ok((status, problem))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_and_an_address_that_nobody_has_are_answered_alike() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let body = push_to_main()?;
    let wrong = said(told.host.with_secret("a guess").sends("push", "d-1", &body).await?).await?;
    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    for path in ["/api/projects/nobody/webhooks/github", "/api/projects/demo/webhooks/gitea"] {
        assert_eq!(said(told.host.at(path).sends("push", "d-1", &body).await?).await?, wrong, "{path}");
    }
    let deliveries: Vec<DeliveryView> = told.home.api().list("/api/projects/demo/webhooks/github/deliveries").await?;
    assert!(deliveries.is_empty() && told.flows("ci").await?.is_empty());
    // The same delivery, signed rightly, is still new.
    assert_eq!(told.host.sends("push", "d-1", &body).await?.status(), StatusCode::ACCEPTED);
    told.came_of_it("d-1").await?;
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_and_no_delivery_is_refused_with_its_reason() -> Result<()> {
    let told = Told::start("github", &[]).await?;
    let (status, problem) = said(told.host.sends_bytes("push", "d-1", b"no json".to_vec()).await?).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("no JSON")), "{problem}");
    let (status, problem) = said(told.host.sends_bytes("push", "d-2", vec![b' '; (6 << 20) + 1]).await?).await?;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{problem}");
    assert_eq!(told.host.sends("push", "d-3", &recorded("github", "push_notes")?).await?.status(), StatusCode::ACCEPTED);
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_the_one_before_is_good_for_a_while() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let api = told.home.api();
    let path = "/api/projects/demo/webhooks/github";
    assert_eq!(refusal(api.put::<Value>(path, &json!({})).await)?.status, StatusCode::CONFLICT);
    let made: Value = api.post(&format!("{path}/rotate"), &json!({"keep_s": 600})).await?;
    let secret = made["secret"].as_str().unwrap_or_default().to_owned();
    let listed: Vec<WebhookView> = api.get("/api/projects/demo/webhooks").await?;
    assert_eq!((listed.len(), listed[0].keys.len()), (1, 2));
    assert!(listed[0].keys[0].ends_at.is_none() && listed[0].keys[1].ends_at.is_some());
    assert!(!serde_json::to_string(&listed)?.contains(&secret));

    let after = |digit: &str| -> Result<Value> {
        let mut body = push_to_main()?;
        body["after"] = json!(digit.repeat(40));
        Ok(body)
    };
    let rotated = told.host.with_secret(&secret);
    assert_eq!(told.host.sends("push", "d-1", &after("1")?).await?.status(), StatusCode::ACCEPTED, "the key before");
    assert_eq!(rotated.sends("push", "d-2", &after("2")?).await?.status(), StatusCode::ACCEPTED, "the new key");
    told.home.pass(Duration::from_secs(601)).await?;
    assert_eq!(told.host.sends("push", "d-3", &after("3")?).await?.status(), StatusCode::UNAUTHORIZED, "the key before has ended");
    assert_eq!(rotated.sends("push", "d-4", &after("4")?).await?.status(), StatusCode::ACCEPTED);
    api.delete(path).await?;
    assert_eq!(rotated.sends("push", "d-5", &after("5")?).await?.status(), StatusCode::UNAUTHORIZED);
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_of_the_project_handle_keys() -> Result<()> {
    let told = Told::start("github", &[]).await?;
    let api = told.home.api();
    let new = json!({"name": "reader", "grants": [{"project": null, "role": "user"}]});
    let made: Value = api.post("/api/tokens", &new).await?;
    let reader = api.with_token(made["secret"].as_str());
    assert_eq!(reader.get::<Vec<WebhookView>>("/api/projects/demo/webhooks").await?.len(), 1);
    let path = "/api/projects/demo/webhooks/github";
    assert_eq!(refusal(reader.put::<Value>("/api/projects/demo/webhooks/gitea", &json!({})).await)?.status, StatusCode::FORBIDDEN);
    assert_eq!(refusal(reader.post::<Value>(&format!("{path}/rotate"), &json!({})).await)?.status, StatusCode::FORBIDDEN);
    assert_eq!(refusal(reader.delete(path).await)?.status, StatusCode::FORBIDDEN);
    told.home.end([]).await
}
