#![allow(clippy::unwrap_used)]
use std::sync::Mutex;

use serde_json::json;

use super::*;

async fn fed(event: Value, fails_on: &'static str) -> (Vec<String>, Value) {
    let heard = Mutex::new(Vec::new());
    let handler = |body: String| {
        heard.lock().unwrap().push(body.clone());
        async move { if body == fails_on { Err("not now") } else { Ok(()) } }
    };
    let failures = deal_with(serde_json::from_value(event).unwrap(), &handler).await;
    (heard.into_inner().unwrap(), serde_json::to_value(failures).unwrap())
}

fn message(id: &str, body: &str) -> Value {
    json!({"messageId": id, "receiptHandle": "x", "body": body, "attributes": {"MessageGroupId": body}, "eventSource": "aws:sqs"})
}

#[tokio::test]
async fn equal_messages_are_one() {
    let event = json!({"Records": [message("1", "a"), message("2", "b"), message("3", "a")]});
    let (heard, failures) = fed(event, "").await;
    assert_eq!(heard, ["a", "b"]);
    assert_eq!(failures, json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn only_what_failed_comes_again_with_all_its_equals() {
    let event = json!({"Records": [message("1", "a"), message("2", "b"), message("3", "a")]});
    let (heard, failures) = fed(event, "a").await;
    assert_eq!(heard, ["a", "b"], "the others are dealt with all the same");
    assert_eq!(failures, json!({"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}));
}

#[tokio::test]
async fn an_event_without_messages_is_dealt_with() {
    assert_eq!(fed(json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}), "").await.1, json!({"batchItemFailures": []}));
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
    assert_eq!(of_queue_or_not(json!({"awslogs": {"data": "x"}}), &handler).await.unwrap(), Value::Null);
    assert!(of_queue_or_not(json!({"awslogs": {"data": "poison"}}), &handler).await.is_err());
    assert_eq!(*heard.lock().unwrap(), ["a", "poison", r#"{"awslogs":{"data":"x"}}"#, r#"{"awslogs":{"data":"poison"}}"#]);
}
