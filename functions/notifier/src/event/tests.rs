#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

/// An event as the bus writes it into a queue.
fn message(detail: &serde_json::Value) -> String {
    json!({
        "version": "0",
        "id": "0f7e2e11-5a0c-4d7a-9d1b-2b7f5f0f9a10",
        "detail-type": "run.completed",
        "source": "kraken",
        "account": "123456789012",
        "time": "2026-03-01T12:00:00Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    })
    .to_string()
}

#[test]
fn an_event_names_what_it_is_about() {
    let detail = json!({
        "id": "01j0000000000000000000000f-1:run.completed:3",
        "time": "2026-03-01T12:00:00.5Z",
        "flow": "01J0000000000000000000000F",
        "run": "01J0000000000000000000000F-1",
        "event": "run.completed",
        "result": "ok",
    });
    let event: Event = message(&detail).parse().unwrap();
    assert_eq!(event.detail_type, "run.completed");
    assert_eq!(event.detail.id, "01j0000000000000000000000f-1:run.completed:3", "not that of the delivery");
    assert_eq!(event.detail.time, "2026-03-01T12:00:00.5Z");
    assert_eq!(event.detail.flow.as_deref(), Some("01J0000000000000000000000F"));
    assert_eq!(event.detail.run.as_deref(), Some("01J0000000000000000000000F-1"));
    assert_eq!(event.detail.agent, None);
}

#[test]
fn what_a_newer_sender_adds_is_ignored() {
    let event: Event = message(&json!({"agent": "01J0000000000000000000000A", "mood": {"good": true}})).parse().unwrap();
    assert_eq!(event.detail.agent.as_deref(), Some("01J0000000000000000000000A"));
}

#[test]
fn anything_else_is_refused_with_what_to_do() {
    for message in ["", "{}", "hello", &message(&json!("run"))] {
        let error = message.parse::<Event>().unwrap_err().to_string();
        assert!(error.contains("not an event of the bus"), "{error}");
    }
}
