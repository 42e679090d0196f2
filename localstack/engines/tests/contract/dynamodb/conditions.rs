//! Conditional writes: what every dependent write of the control plane is built on.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::table::{TABLE, Table, item, key, n, number, s, text};

#[tokio::test]
async fn an_item_is_put_once_if_it_must_be_new() {
    let table = Table::new().await;
    let put = |note: &str| {
        table
            .client
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item("flow#1", "run", [("note", s(note))])))
            .condition_expression("attribute_not_exists(pk)")
    };
    put("first").send().await.unwrap();
    let refused = put("second").send().await.unwrap_err().into_service_error();
    assert!(refused.is_conditional_check_failed_exception(), "{refused:?}");
    assert_eq!(text(&table.get("flow#1", "run").await.unwrap(), "note"), "first");
}

#[tokio::test]
async fn a_write_with_the_wrong_version_is_refused_and_shows_what_is_there() {
    let table = Table::new().await;
    table.put(item("job#1", "state", [("ver", n(7)), ("state", s("queued"))])).await;
    let update = |ver: i64| {
        table
            .client
            .update_item()
            .table_name(TABLE)
            .set_key(Some(key("job#1", "state")))
            .update_expression("SET #state = :state, ver = :next")
            .condition_expression("ver = :ver")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", s("assigned"))
            .expression_attribute_values(":ver", n(ver))
            .expression_attribute_values(":next", n(ver + 1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    };
    let updated = update(7).send().await.unwrap();
    assert_eq!(number(updated.attributes().unwrap(), "ver"), 8);
    let refused = update(7).send().await.unwrap_err().into_service_error();
    assert!(refused.is_conditional_check_failed_exception(), "{refused:?}");
    match refused {
        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(refused) => {
            assert_eq!(number(refused.item().unwrap(), "ver"), 8);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_delete_can_depend_on_what_is_there() {
    let table = Table::new().await;
    table.put(item("lease", "a", [("holder", s("agent-1"))])).await;
    let delete = |holder: &str| {
        table
            .client
            .delete_item()
            .table_name(TABLE)
            .set_key(Some(key("lease", "a")))
            .condition_expression("holder = :holder")
            .expression_attribute_values(":holder", s(holder))
    };
    let refused = delete("agent-2").send().await.unwrap_err().into_service_error();
    assert!(refused.is_conditional_check_failed_exception(), "{refused:?}");
    delete("agent-1").send().await.unwrap();
    assert_eq!(table.get("lease", "a").await, None);
}

#[tokio::test]
async fn a_counter_is_made_and_grows_by_add() {
    let table = Table::new().await;
    let mut seen = Vec::new();
    for step in [1, 1, 5, -2] {
        let updated = table
            .client
            .update_item()
            .table_name(TABLE)
            .set_key(Some(key("branch#1", "seq")))
            .update_expression("ADD flow :step")
            .expression_attribute_values(":step", n(step))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .unwrap();
        seen.push(number(updated.attributes().unwrap(), "flow"));
    }
    assert_eq!(seen, [1, 2, 7, 5]);
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    let table = Table::new().await;
    let nested = AttributeValue::M(HashMap::from([
        ("list".into(), AttributeValue::L(vec![n("-0.5"), AttributeValue::Null(true), AttributeValue::Bool(false)])),
        ("empty".into(), s("")),
        ("ünï \"quoted\"\n".into(), s("\u{0}\u{1F419}\\")),
    ]));
    let whole = item(
        "values",
        "\u{1F419}",
        [
            ("nested", nested),
            ("bytes", AttributeValue::B(Blob::new([0, 255, 10]))),
            ("set", AttributeValue::Ss(vec!["a".into(), "b".into()])),
            ("big", n("12345678901234567890123456789012345678")),
            ("text", s("x".repeat(60_000))),
        ],
    );
    table.put(whole.clone()).await;
    assert_eq!(table.get("values", "\u{1F419}").await.unwrap(), whole);
}

#[tokio::test]
async fn bad_requests_are_named_as_aws_names_them() {
    let table = Table::new().await;
    let missing = table.client.get_item().table_name("absent").set_key(Some(key("a", "b"))).send().await.unwrap_err();
    assert!(missing.into_service_error().is_resource_not_found_exception());

    let keyless = table.client.put_item().table_name(TABLE).item("pk", s("a")).send().await.unwrap_err();
    let keyless: PutItemError = keyless.into_service_error();
    assert_eq!(keyless.code(), Some("ValidationException"), "{keyless:?}");
    assert!(keyless.message().unwrap().contains("Missing the key sk"), "{keyless:?}");

    let unknown = table.client.list_backups().send().await.unwrap_err().into_service_error();
    assert_eq!(unknown.code(), Some("UnknownOperationException"), "{unknown:?}");
    assert!(unknown.message().unwrap().contains("ListBackups"), "{unknown:?}");
}
