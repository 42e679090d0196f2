#![allow(clippy::unwrap_used)]
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use super::*;

fn packed(delivery: &serde_json::Value) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(delivery.to_string().as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

#[test]
fn a_delivery_is_unpacked() {
    let sent = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "/kraken/api", "logStream": "s", "subscriptionFilters": ["x"],
        "logEvents": [{"id": "37", "timestamp": 1_790_000_000_000_i64, "message": "{}", "extractedFields": {}}]});
    let delivery = unpacked(&packed(&sent)).unwrap();
    assert_eq!((delivery.log_group.as_str(), delivery.log_events[0].id.as_str()), ("/kraken/api", "37"));
    assert_eq!(time(&delivery.log_events[0]).as_second(), 1_790_000_000);
}

#[test]
fn what_is_none_is_refused_by_name() {
    for (data, what) in [("%", "base64"), ("bm8=", "gzip"), (&packed(&json!([])), "a delivery")] {
        let error = unpacked(data).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn metrics_are_not_lines() {
    assert!(is_metric(r#"{"_aws":{"Timestamp":1},"jobs":3}"#));
    assert!(!is_metric(r#"{"message":"about _aws"}"#));
    assert!(!is_metric("plain"));
}
