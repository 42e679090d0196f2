//! The message that tells of an object. Source: Amazon S3 User Guide, "Event message structure", version 2.1.

use jiff::Timestamp;
use serde_json::json;

use crate::s3::catalogue::Item;

/// The message, as a queue gets it. Keys are written as in a form: what is not plain is escaped, a space is a plus.
pub(super) fn message(rule: &str, item: &Item) -> String {
    let object = &item.created;
    let at = Timestamp::from_millisecond(object.at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let event = json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": format!("{at:.3}"),
        "eventName": format!("ObjectCreated:{}", object.how.as_str()),
        "userIdentity": {"principalId": "kraken"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": format!("{:016X}", item.seq), "x-amz-id-2": ""},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": rule,
            "bucket": {
                "name": object.bucket,
                "ownerIdentity": {"principalId": "kraken"},
                "arn": format!("arn:aws:s3:::{}", object.bucket),
            },
            "object": {"key": escaped(&object.key), "size": object.size, "eTag": object.etag, "sequencer": format!("{:018X}", item.seq)},
        },
    }]});
    event.to_string()
}

fn escaped(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'*' => text.push(char::from(byte)),
            b' ' => text.push('+'),
            _ => {
                text.push('%');
                text.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    text
}
