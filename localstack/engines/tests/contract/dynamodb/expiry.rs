//! Items past their time to live go when the host sweeps.

use std::sync::Arc;

use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use jiff::Timestamp;

use super::table::{BY_DUE, TABLE, Table, item, n, s};

#[tokio::test]
async fn a_sweep_removes_what_has_expired_and_nothing_else() {
    let table = Table::with_clock(Arc::new(|| Timestamp::from_second(1_000).unwrap())).await;
    for index in 0..200 {
        let attributes = [("expires", n(900 + index)), ("group", s("g")), ("due", n(index))];
        table.put(item("logs", &format!("{index:03}"), attributes)).await;
    }
    table.put(item("logs", "for ever", [])).await;
    table.put(item("logs", "text", [("expires", s("1"))])).await;
    assert_eq!(table.engine.sweep_expired().await.unwrap(), 0);

    let specification = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build().unwrap();
    let switched = table.client.update_time_to_live().table_name(TABLE).time_to_live_specification(specification);
    switched.send().await.unwrap();
    assert_eq!(table.engine.sweep_expired().await.unwrap(), 100);
    assert_eq!(table.engine.sweep_expired().await.unwrap(), 0);

    assert_eq!(table.get("logs", "099").await, None);
    assert!(table.get("logs", "100").await.is_some());
    assert!(table.get("logs", "for ever").await.is_some());
    assert!(table.get("logs", "text").await.is_some());
    assert_eq!(table.index(BY_DUE, "g").await.len(), 100);
}
