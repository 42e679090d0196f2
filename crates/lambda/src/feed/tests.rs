#![allow(clippy::unwrap_used)]
use std::sync::Mutex;

use serde_json::json;

use super::*;

/// What the handler heard, and what Lambda was answered: what comes again, or why the call failed.
async fn fed(event: Value, fails_on: &'static [&'static str]) -> (Vec<String>, Result<Value, String>) {
    let heard = Mutex::new(Vec::new());
    let handler = |body: String| {
        heard.lock().unwrap().push(body.clone());
        async move { if fails_on.contains(&body.as_str()) { Err(format!("not {body} now")) } else { Ok(()) } }
    };
    let answer = deal_with(serde_json::from_value(event).unwrap(), &handler).await;
    (heard.into_inner().unwrap(), answer.map(|failures| serde_json::to_value(failures).unwrap()).map_err(|error| error.to_string()))
}

fn message(id: &str, body: &str) -> Value {
    json!({"messageId": id, "receiptHandle": "x", "body": body, "attributes": {"MessageGroupId": body}, "eventSource": "aws:sqs"})
}

#[tokio::test]
async fn equal_messages_are_one() {
    let event = json!({"Records": [message("1", "a"), message("2", "b"), message("3", "a")]});
    let (heard, answer) = fed(event, &[]).await;
    assert_eq!(heard, ["a", "b"]);
    assert_eq!(answer.unwrap(), json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn only_what_failed_comes_again_with_all_its_equals() {
    let event = json!({"Records": [message("1", "a"), message("2", "b"), message("3", "a")]});
    let (heard, answer) = fed(event, &["a"]).await;
    assert_eq!(heard, ["a", "b"], "the others are dealt with all the same");
    assert_eq!(answer.unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}));
}

#[tokio::test]
async fn a_call_of_which_nothing_went_well_is_an_error_that_lambda_counts() {
    let poison = json!({"Records": [message("1", "a"), message("2", "a")]});
    assert_eq!(fed(poison, &["a"]).await, (vec!["a".to_owned()], Err("none of 1 messages could be dealt with: not a now".to_owned())));
    let (heard, answer) = fed(json!({"Records": [message("1", "a"), message("2", "b")]}), &["a", "b"]).await;
    assert_eq!(heard, ["a", "b"], "each was tried");
    assert_eq!(answer.unwrap_err(), "none of 2 messages could be dealt with: not b now");
}

#[tokio::test]
async fn a_tick_that_comes_as_a_message_and_fails_is_an_error() {
    let tick = json!({"Records": [{"messageId": "tick", "receiptHandle": "tick", "body": "queue", "eventSource": "kraken:tick"}]});
    assert!(fed(tick.clone(), &["queue"]).await.1.is_err());
    assert!(fed(tick, &[]).await.1.is_ok());
}

#[tokio::test]
async fn an_event_without_messages_is_dealt_with() {
    let event = json!({"Service": "Amazon S3", "Event": "s3:TestEvent"});
    assert_eq!(fed(event, &[]).await.1.unwrap(), json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn what_comes_without_a_queue_is_a_message_itself() {
    let heard = Mutex::new(Vec::new());
    let handler = |body: String| {
        let fails = body.contains("poison");
        heard.lock().unwrap().push(body);
        async move { if fails { Err("not now") } else { Ok(()) } }
    };
    let queue = json!({"Records": [message("1", "a"), message("2", "poison")]});
    let answer = of_queue_or_not(queue, &handler).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "2"}]}));
    assert!(of_queue_or_not(json!({"Records": [message("3", "poison")]}), &handler).await.is_err());
    assert_eq!(of_queue_or_not(json!({"awslogs": {"data": "x"}}), &handler).await.unwrap(), Value::Null);
    assert!(of_queue_or_not(json!({"awslogs": {"data": "poison"}}), &handler).await.is_err());
    assert_eq!(*heard.lock().unwrap(), ["a", "poison", "poison", r#"{"awslogs":{"data":"x"}}"#, r#"{"awslogs":{"data":"poison"}}"#]);
}
