#![allow(clippy::unwrap_used)]
use serde_json::json;

use super::*;

fn read(value: &serde_json::Value) -> Result<Message, IndexError> {
    value.to_string().parse()
}

fn record(name: &str, key: &str) -> serde_json::Value {
    json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": name, "eventTime": "2026-10-01T10:00:00.123Z", "later": [1],
        "s3": {"bucket": {"name": "b"}, "object": {"key": key, "size": 7, "eTag": "x", "sequencer": "1"}},
    })
}

#[test]
fn every_object_that_was_made_is_read_with_its_key_as_it_is() {
    let sent = json!({"Records": [record("ObjectCreated:Put", "agents/a+b/%C3%BC%2B/log.gz"), record("ObjectRemoved:Delete", "x"),
        record("s3:ObjectCreated:Copy", "y")]});
    let Message::Objects(objects) = read(&sent).unwrap() else { panic!("no objects") };
    let keys: Vec<&str> = objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["agents/a b/ü+/log.gz", "y"]);
    assert_eq!(objects[0].at, "2026-10-01T10:00:00.123Z".parse().unwrap());
}

#[test]
fn a_bucket_that_tries_its_queue_says_nothing() {
    let sent = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-10-01T10:00:00.000Z", "Bucket": "b"});
    assert_eq!(read(&sent).unwrap(), Message::Nothing);
}

#[test]
fn what_functions_logged_may_come_by_the_queue_too() {
    assert_eq!(read(&json!({"awslogs": {"data": "H4s="}})).unwrap(), Message::FunctionLog("H4s=".to_owned()));
    assert_eq!(read(&json!({"forget": true})).unwrap(), Message::Forget);
}

#[test]
fn anything_else_is_refused_by_name() {
    for wrong in ["", "[]", "{}", r#"{"Records": 1}"#, r#"{"Records": [{"eventName": "ObjectCreated:Put"}]}"#] {
        assert!(matches!(wrong.parse::<Message>(), Err(IndexError::NoMessage(_))), "{wrong}");
    }
    for key in ["%", "%2", "%zz", "%ff"] {
        let sent = json!({"Records": [record("ObjectCreated:Put", key)]});
        assert!(read(&sent).unwrap_err().to_string().contains("is not escaped"), "{key}");
    }
}
