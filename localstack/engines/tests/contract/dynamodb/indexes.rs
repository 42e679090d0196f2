//! Sort keys and sparse indexes: how everything that needs doing is found without a scan.

use std::collections::BTreeSet;

use super::table::{BY_DUE, BY_NAME, Item, TABLE, Table, item, key, n, s, text};

fn due(sk: &str, due: impl ToString) -> Item {
    item("todo", sk, [("group", s("g")), ("due", n(due))])
}

#[tokio::test]
async fn an_item_is_in_an_index_while_it_has_its_keys() {
    let table = Table::new().await;
    table.put(item("job", "1", [("group", s("g"))])).await;
    assert!(table.index(BY_DUE, "g").await.is_empty());

    let update = |expression: &str| {
        table
            .client
            .update_item()
            .table_name(TABLE)
            .set_key(Some(key("job", "1")))
            .update_expression(expression)
            .expression_attribute_names("#due", "due")
    };
    update("SET #due = :due").expression_attribute_values(":due", n(5)).send().await.unwrap();
    assert_eq!(table.index(BY_DUE, "g").await, ["1"]);
    assert!(table.index(BY_NAME, "g").await.is_empty());

    update("REMOVE #due").send().await.unwrap();
    assert!(table.index(BY_DUE, "g").await.is_empty());

    table.put(due("2", 1)).await;
    table.client.delete_item().table_name(TABLE).set_key(Some(key("todo", "2"))).send().await.unwrap();
    assert!(table.index(BY_DUE, "g").await.is_empty());
}

#[tokio::test]
async fn an_item_moves_with_its_index_keys() {
    let table = Table::new().await;
    table.put(due("a", 1)).await;
    table.put(due("b", 2)).await;
    table.put(due("a", 3)).await;
    assert_eq!(table.index(BY_DUE, "g").await, ["b", "a"]);
    table.put(item("todo", "a", [("group", s("other")), ("due", n(3))])).await;
    assert_eq!(table.index(BY_DUE, "g").await, ["b"]);
    assert_eq!(table.index(BY_DUE, "other").await, ["a"]);
}

#[tokio::test]
async fn numbers_sort_as_numbers_and_text_as_bytes() {
    let table = Table::new().await;
    for number in ["10", "9", "-3", "0.5", "1753000000123", "100"] {
        table.put(due(number, number)).await;
    }
    assert_eq!(table.index(BY_DUE, "g").await, ["-3", "0.5", "9", "10", "100", "1753000000123"]);
    for name in ["b", "B", "a1", "a", "é"] {
        table.put(item("named", name, [("group", s("g")), ("name", s(name))])).await;
    }
    assert_eq!(table.index(BY_NAME, "g").await, ["B", "a", "a1", "b", "é"]);
}

#[tokio::test]
async fn what_is_due_by_now_is_found_latest_first() {
    let table = Table::new().await;
    for at in 1..=20 {
        table.put(due(&format!("{at:02}"), at)).await;
    }
    let found = table
        .client
        .query()
        .table_name(TABLE)
        .index_name(BY_DUE)
        .key_condition_expression("#group = :group AND due <= :now")
        .expression_attribute_names("#group", "group")
        .expression_attribute_values(":group", s("g"))
        .expression_attribute_values(":now", n(10))
        .scan_index_forward(false)
        .limit(3)
        .send()
        .await
        .unwrap();
    let found: Vec<_> = found.items().iter().map(|item| text(item, "sk")).collect();
    assert_eq!(found, ["10", "09", "08"]);
}

/// Pages of three through `index` (or the table), following the last key until there is none.
async fn pages(table: &Table, index: Option<&str>, forward: bool) -> Vec<String> {
    let (name, value) = if index.is_some() { ("group", "g") } else { ("pk", "todo") };
    let (mut found, mut start) = (Vec::new(), None);
    loop {
        let page = table
            .client
            .query()
            .table_name(TABLE)
            .set_index_name(index.map(str::to_owned))
            .key_condition_expression("#hash = :hash")
            .expression_attribute_names("#hash", name)
            .expression_attribute_values(":hash", s(value))
            .scan_index_forward(forward)
            .limit(3)
            .set_exclusive_start_key(start)
            .send()
            .await
            .unwrap();
        assert!(page.items().len() <= 3);
        found.extend(page.items().iter().map(|item| text(item, "sk")));
        start = page.last_evaluated_key;
        if start.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn pages_neither_lose_nor_repeat_items_with_the_same_sort_key() {
    let table = Table::new().await;
    let all: Vec<String> = (0..20).map(|index| format!("{index:02}")).collect();
    for (index, sk) in all.iter().enumerate() {
        // Seven items on each of three numbers.
        table.put(due(sk, index / 7)).await;
    }
    let expected: BTreeSet<_> = all.iter().cloned().collect();
    for forward in [true, false] {
        let found = pages(&table, Some(BY_DUE), forward).await;
        assert_eq!(found.len(), 20, "forward: {forward}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "forward: {forward}");
    }
    assert_eq!(pages(&table, None, true).await, all);
    let reversed: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(pages(&table, None, false).await, reversed);
}

#[tokio::test]
async fn sort_keys_are_selected_by_prefix_and_by_range() {
    let table = Table::new().await;
    for sk in ["job#1", "job#2", "job#2#step#1", "job#20", "run#1"] {
        table.put(item("flow", sk, [])).await;
    }
    let select = async |condition: &str, values: &[(&str, &str)]| -> Vec<String> {
        let mut query = table
            .client
            .query()
            .table_name(TABLE)
            .key_condition_expression(format!("pk = :pk AND {condition}"))
            .expression_attribute_values(":pk", s("flow"));
        for (name, value) in values {
            query = query.expression_attribute_values(*name, s(*value));
        }
        let found = query.send().await.unwrap();
        found.items().iter().map(|item| text(item, "sk")).collect()
    };
    assert_eq!(select("begins_with(sk, :p)", &[(":p", "job#2#")]).await, ["job#2#step#1"]);
    assert_eq!(select("begins_with(sk, :p)", &[(":p", "job#2")]).await, ["job#2", "job#2#step#1", "job#20"]);
    assert_eq!(select("sk BETWEEN :a AND :b", &[(":a", "job#2"), (":b", "run#1")]).await.len(), 4);
    assert_eq!(select("sk > :a", &[(":a", "job#20")]).await, ["run#1"]);
    assert!(select("begins_with(sk, :p)", &[(":p", "%")]).await.is_empty());
}

#[tokio::test]
async fn a_filter_counts_against_the_limit_before_it_selects() {
    let table = Table::new().await;
    for at in 0..4 {
        table.put(due(&at.to_string(), at)).await;
    }
    let page = table
        .client
        .query()
        .table_name(TABLE)
        .key_condition_expression("pk = :pk")
        .filter_expression("due >= :least")
        .expression_attribute_values(":pk", s("todo"))
        .expression_attribute_values(":least", n(3))
        .limit(2)
        .send()
        .await
        .unwrap();
    assert!(page.items().is_empty());
    assert_eq!(page.scanned_count(), 2);
    assert!(page.last_evaluated_key().is_some());
}
