//! Sixty-four at once: nothing is lost, one wins where one may, and nobody holds up the others.

use aws_sdk_dynamodb::Client;
use futures::future::join_all;

use super::table::{TABLE, Table, get, item, key, n, number, s, text};

const WRITERS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_wins_a_new_item() {
    let table = Table::new().await;
    let put = |index: usize| {
        let put = table
            .client
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item("lock", "one", [("holder", s(index.to_string()))])))
            .condition_expression("attribute_not_exists(pk)");
        tokio::spawn(async move { (index, put.send().await) })
    };
    let outcomes = join_all((0..WRITERS).map(put)).await;
    let winners: Vec<_> = outcomes.into_iter().map(Result::unwrap).filter(|(_, outcome)| outcome.is_ok()).map(|(index, _)| index).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(text(&table.get("lock", "one").await.unwrap(), "holder"), winners[0].to_string());
}

/// Reads, then writes on the condition that nothing changed; again until it is done.
async fn increment(client: &Client) {
    loop {
        let now = number(&get(client, "counter", "one").await.unwrap(), "ver");
        let written = client
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item("counter", "one", [("ver", n(now + 1))])))
            .condition_expression("ver = :ver")
            .expression_attribute_values(":ver", n(now))
            .send()
            .await;
        match written {
            Ok(_) => return,
            Err(error) => assert!(error.into_service_error().is_conditional_check_failed_exception()),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_on_a_version_is_lost() {
    let table = Table::new().await;
    table.put(item("counter", "one", [("ver", n(0))])).await;
    let writers = (0..WRITERS).map(|_| {
        let client = table.client.clone();
        tokio::spawn(async move { increment(&client).await })
    });
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    assert_eq!(number(&table.get("counter", "one").await.unwrap(), "ver"), 64);
}

async fn add(client: &Client) {
    client
        .update_item()
        .table_name(TABLE)
        .set_key(Some(key("counter", "sum")))
        .update_expression("ADD tally :one")
        .expression_attribute_values(":one", n(1))
        .send()
        .await
        .unwrap();
}

/// On a runtime with a single thread, where a writer that kept it would keep everyone.
#[tokio::test(flavor = "current_thread")]
async fn a_write_leaves_the_thread_to_others_while_it_is_done() {
    let table = Table::new().await;
    let mut waiting = Vec::new();
    for _ in 0..WRITERS {
        let client = table.client.clone();
        let mut write = Box::pin(async move { add(&client).await });
        // Done at its first poll, it was done on this thread. A few may be answered between two instructions.
        if futures::poll!(&mut write).is_pending() {
            waiting.push(write);
        }
    }
    assert!(waiting.len() > WRITERS / 2, "{} of {WRITERS} writes kept the thread", WRITERS - waiting.len());
    join_all(waiting).await;
    assert_eq!(number(&table.get("counter", "sum").await.unwrap(), "tally"), 64);
}
