//! What calls take of the table, as the service bills it: the examples of its documentation
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>), and writes of sparse indexes.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use kraken_engines::meter::{Meter, Units};

use super::table::{BY_DUE, Item, TABLE, Table, item, key, n, s};

/// A table with a client whose calls are metered.
struct Metered {
    client: Client,
    meter: Meter,
    _table: Table,
}

impl Metered {
    async fn new() -> Self {
        let (table, meter) = (Table::new().await, Meter::default());
        let client = table.engine.clone().metered(Some(meter.clone())).client();
        Self { client, meter, _table: table }
    }

    /// What the calls since the last question took.
    fn took(&self) -> Units {
        let calls = self.meter.calls();
        self.meter.clear();
        let sum = |units: Units, call: &kraken_engines::meter::Call| Units {
            read: units.read + call.units.read,
            write: units.write + call.units.write,
        };
        calls.iter().fold(Units::default(), sum)
    }

    async fn put(&self, item: Item) -> f64 {
        self.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
        self.took().write
    }

    async fn get(&self, sk: &str, consistent: bool) -> f64 {
        let call = self.client.get_item().table_name(TABLE).set_key(Some(key("a", sk))).consistent_read(consistent);
        call.send().await.unwrap();
        self.took().read
    }
}

/// An item of about so many bytes.
fn sized(sk: &str, bytes: usize) -> Item {
    item("a", sk, [("text", s("x".repeat(bytes - 20)))])
}

#[tokio::test]
async fn reads_are_rounded_up_to_four_kilobytes_and_half_as_much_without_consistency() {
    let table = Metered::new().await;
    for (sk, bytes, units) in [("small", 100, 1.0), ("full", 3900, 1.0), ("large", 8000, 2.0)] {
        table.put(sized(sk, bytes)).await;
        assert_eq!((table.get(sk, true).await, table.get(sk, false).await), (units, units / 2.0), "{bytes}");
    }
    assert_eq!(table.get("none", true).await, 1.0);
}

#[tokio::test]
async fn writes_are_rounded_up_to_a_kilobyte_and_by_the_larger_of_before_and_after() {
    let table = Metered::new().await;
    assert_eq!(table.put(sized("1", 500)).await, 1.0);
    assert_eq!(table.put(sized("1", 3500)).await, 4.0);
    assert_eq!(table.put(sized("1", 500)).await, 4.0);
}

#[tokio::test]
async fn a_transaction_takes_twice_as_much() {
    let table = Metered::new().await;
    let put = |sk: &str| {
        let put = Put::builder().table_name(TABLE).set_item(Some(sized(sk, 500))).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let call = table.client.transact_write_items().transact_items(put("1")).transact_items(put("2")).transact_items(put("3"));
    call.send().await.unwrap();
    assert_eq!(table.took().write, 6.0);
}

#[tokio::test]
async fn an_index_takes_what_changes_in_it_and_nothing_for_items_without_its_keys() {
    let table = Metered::new().await;
    let due = |at: i64| item("a", "1", [("group", s("g")), ("due", n(at))]);
    assert_eq!(table.put(item("a", "1", [("group", s("g"))])).await, 1.0);
    assert_eq!(table.put(due(1)).await, 2.0, "it comes into the index");
    assert_eq!(table.put(due(1)).await, 1.0, "nothing changes in the index");
    assert_eq!(table.put(due(2)).await, 3.0, "it moves: one write takes it away, one puts it in");
    assert_eq!(table.put(item("a", "1", [("group", s("g"))])).await, 2.0, "it leaves the index");
}

#[tokio::test]
async fn a_refused_write_takes_what_it_would_have_taken() {
    let table = Metered::new().await;
    table.put(sized("1", 500)).await;
    let call = table.client.put_item().table_name(TABLE).set_item(Some(sized("1", 1500)));
    call.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
    assert_eq!(table.took().write, 2.0);
}

#[tokio::test]
async fn a_query_that_finds_nothing_takes_half_a_unit() {
    let table = Metered::new().await;
    let call = table.client.query().table_name(TABLE).index_name(BY_DUE).key_condition_expression("#group = :group");
    let call = call.expression_attribute_names("#group", "group").expression_attribute_values(":group", s("none"));
    call.send().await.unwrap();
    assert_eq!(table.took().read, 0.5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_are_made_at_once_overlap_however_soon_they_are_answered() {
    let table = Metered::new().await;
    table.put(sized("small", 100)).await;
    let read = async |sk: &'static str| {
        let call = table.client.get_item().table_name(TABLE).set_key(Some(key("a", sk)));
        call.send().await.unwrap();
    };
    for _ in 0..200 {
        futures::join!(read("small"), read("none"), read("small"));
        let calls = table.meter.calls();
        table.meter.clear();
        let (last_began, first_ended) = (calls.iter().map(|call| call.began).max(), calls.iter().map(|call| call.ended).min());
        assert!(calls.len() == 3 && last_began < first_ended, "{calls:?}");
    }
}
