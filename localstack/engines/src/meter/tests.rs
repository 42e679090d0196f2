//! Names of operations, and what refused writes take.
#![allow(clippy::unwrap_used)]

use http::{Method, Uri};
use serde_json::json;

use super::{Meter, Service, asking, priced, s3_operation, within};

fn s3(method: Method, uri: &str) -> &'static str {
    s3_operation(&method, &uri.parse::<Uri>().unwrap(), false)
}

#[test]
fn requests_to_the_object_store_have_the_names_that_they_are_billed_by() {
    assert_eq!(s3(Method::PUT, "/kraken-data/agents/1/log.gz"), "PutObject");
    assert_eq!(s3(Method::PUT, "/kraken-data/a?partNumber=1&uploadId=x"), "UploadPart");
    assert_eq!(s3(Method::POST, "/kraken-data/a?uploads"), "CreateMultipartUpload");
    assert_eq!(s3(Method::POST, "/kraken-data/a?uploadId=x"), "CompleteMultipartUpload");
    assert_eq!(s3(Method::GET, "/kraken-data/a?X-Amz-Signature=x"), "GetObject");
    assert_eq!(s3(Method::GET, "/kraken-data/?list-type=2"), "ListObjectsV2");
    assert_eq!(s3(Method::DELETE, "/kraken-data/a"), "DeleteObject");
    assert_eq!(s3_operation(&Method::PUT, &"/kraken-data/a".parse().unwrap(), true), "CopyObject");
}

#[test]
fn what_the_table_says_it_took_is_believed() {
    let answer = json!({"ConsumedCapacity": [{"TableName": "a", "CapacityUnits": 7.0}, {"TableName": "b", "CapacityUnits": 1.5}]});
    let (units, _, _) = priced("TransactWriteItems", b"{}", answer.to_string().as_bytes(), false);
    assert_eq!((units.read, units.write), (0.0, 8.5));
    let answer = json!({"ConsumedCapacity": {"CapacityUnits": 0.5}, "Items": [{}, {}]});
    let (units, items, about) = priced("Query", br#"{"IndexName": "todo"}"#, answer.to_string().as_bytes(), false);
    assert_eq!((units.read, items, about.as_str()), (0.5, 2, "todo"));
}

#[test]
fn a_refused_write_takes_what_it_would_have_taken_and_twice_that_in_a_transaction() {
    let large = json!({"pk": {"S": "x".repeat(1500)}, "sk": {"S": "y"}});
    let (units, _, _) = priced("PutItem", json!({"Item": large}).to_string().as_bytes(), b"{}", true);
    assert_eq!(units.write, 2.0);
    let both = json!({"TransactItems": [{"Put": {"Item": large}}, {"ConditionCheck": {"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}]});
    let (units, items, _) = priced("TransactWriteItems", both.to_string().as_bytes(), b"{}", true);
    assert_eq!((units.write, items), (6.0, 2));
}

#[test]
fn a_request_that_cannot_be_read_is_passed_on_as_it_is() {
    assert_eq!(asking(b"not json"), b"not json");
    assert_eq!(asking(b"{}"), br#"{"ReturnConsumedCapacity":"TOTAL"}"#);
}

#[tokio::test]
async fn a_function_is_noted_by_its_name_and_without_a_meter_nothing_is() {
    let meter = Meter::default();
    let seen = within(Some(&meter), || "api POST /api/agent/claim".to_owned(), async { super::caller().to_string() }).await;
    assert_eq!(seen, "api POST /api/agent/claim");
    let calls = meter.calls();
    assert_eq!((calls[0].service, &*calls[0].operation), (Service::Function, "api"));
    let seen = within(None, || unreachable!("nobody asks for the name"), async { super::caller().to_string() }).await;
    assert_eq!((seen.as_str(), meter.calls().len()), ("nobody", 1));
}
