//! Reading: by key, by beginning of a key, by index. Always pages, never a scan.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};

use crate::{
    Cursor, Entity, Key, Paged, Store, StoreError, Versioned,
    entity::{Item, from_item},
    error::failed,
    keys::{Index, attribute},
};

/// The most keys that one read can name.
const BATCH_MAX: usize = 100;

/// In which order a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As sorted.
    Ascending,
    /// The other way round.
    Descending,
}

/// A part of an index: one partition, and optionally only sort keys below a bound.
pub(crate) struct Slice<'s> {
    pub(crate) index: &'s Index,
    pub(crate) partition: &'s str,
    /// An extra condition on the sort attribute `#sort`, and its values.
    pub(crate) range: Option<(&'s str, Vec<(&'s str, AttributeValue)>)>,
    pub(crate) order: Order,
}

impl Store {
    pub(crate) async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let call = self.client.get_item().table_name(&*self.table).set_key(Some(key.to_item())).consistent_read(true);
        Ok(call.send().await.map_err(|error| failed("GetItem", error))?.item)
    }

    pub(crate) async fn record<E: Entity>(&self, key: &Key) -> Result<Option<Versioned<E>>, StoreError> {
        self.item(key).await?.as_ref().map(from_item).transpose()
    }

    /// Many items at once, in the order of `wanted`, `None` where there is none.
    pub(crate) async fn items(&self, wanted: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(wanted.len());
        for some in wanted.chunks(BATCH_MAX) {
            let mut open: Vec<Item> = some.iter().map(Key::to_item).collect();
            // The table may answer a part and name the rest; each round brings at least one or is refused as such.
            while !open.is_empty() {
                let asked = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(open)).build();
                let asked = asked.map_err(|error| StoreError::Refused { operation: "BatchGetItem", detail: error.to_string() })?;
                let call = self.client.batch_get_item().request_items(&*self.table, asked);
                let mut answer = call.send().await.map_err(|error| failed("BatchGetItem", error))?;
                let items = answer.responses.as_mut().and_then(|tables| tables.remove(&*self.table)).unwrap_or_default();
                found.extend(items.into_iter().map(|item| (Key::of_item(&item), item)));
                open = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&*self.table)).map(|rest| rest.keys).unwrap_or_default();
            }
        }
        Ok(wanted.iter().map(|key| found.get(key).cloned()).collect())
    }

    pub(crate) async fn records<E: Entity>(&self, wanted: &[Key]) -> Result<Vec<Option<Versioned<E>>>, StoreError> {
        self.items(wanted).await?.iter().map(|item| item.as_ref().map(from_item).transpose()).collect()
    }

    /// The records of one partition whose sort key begins with `beginning`, a page of at most `limit`.
    pub(crate) async fn beginning<E: Entity>(
        &self,
        (partition, beginning): (String, &str),
        order: Order,
        limit: u32,
        after: Option<&Cursor>,
    ) -> Result<Paged<Versioned<E>>, StoreError> {
        let start = after.map(|cursor| cursor.start_key(&[attribute::PARTITION, attribute::SORT], (attribute::PARTITION, &partition)));
        let call = self.client.query().table_name(&*self.table).consistent_read(true);
        let call = call.key_condition_expression("#pk = :pk AND begins_with(#sk, :sk)");
        let call = call.expression_attribute_names("#pk", attribute::PARTITION).expression_attribute_names("#sk", attribute::SORT);
        let call = call.expression_attribute_values(":pk", AttributeValue::S(partition));
        let call = call.expression_attribute_values(":sk", AttributeValue::S(beginning.to_owned()));
        let call = call.scan_index_forward(order == Order::Ascending);
        let call = call.limit(limit.try_into().unwrap_or(i32::MAX)).set_exclusive_start_key(start.transpose()?);
        let answer = call.send().await.map_err(|error| failed("Query", error))?;
        let items = answer.items.unwrap_or_default().iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Paged { items, next: answer.last_evaluated_key.as_ref().map(Cursor::of) })
    }

    /// All records of one partition whose sort key begins with `beginning`: for sets that the design keeps small.
    pub(crate) async fn whole<E: Entity>(&self, place: (String, &str)) -> Result<Vec<Versioned<E>>, StoreError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.beginning(place.clone(), Order::Ascending, 1000, after.as_ref()).await?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// The items of a slice of an index, a page of at most `limit`.
    pub(crate) async fn slice(&self, slice: Slice<'_>, limit: u32, after: Option<&Cursor>) -> Result<Paged<Item>, StoreError> {
        let names = [attribute::PARTITION, attribute::SORT, slice.index.partition, slice.index.sort];
        let start = after.map(|cursor| cursor.start_key(&names, (slice.index.partition, slice.partition)));
        let mut condition = "#index = :index".to_owned();
        let mut call = self.client.query().table_name(&*self.table).index_name(slice.index.name);
        call = call.expression_attribute_names("#index", slice.index.partition);
        call = call.expression_attribute_values(":index", AttributeValue::S(slice.partition.to_owned()));
        if let Some((range, values)) = slice.range {
            condition.push_str(" AND ");
            condition.push_str(range);
            call = call.expression_attribute_names("#sort", slice.index.sort);
            for (name, value) in values {
                call = call.expression_attribute_values(name, value);
            }
        }
        let call = call.key_condition_expression(condition).scan_index_forward(slice.order == Order::Ascending);
        let call = call.limit(limit.try_into().unwrap_or(i32::MAX)).set_exclusive_start_key(start.transpose()?);
        let answer = call.send().await.map_err(|error| failed("Query", error))?;
        Ok(Paged { items: answer.items.unwrap_or_default(), next: answer.last_evaluated_key.as_ref().map(Cursor::of) })
    }

    /// The records of one list, a page of at most `limit`.
    pub(crate) async fn listed<E: Entity>(
        &self,
        list: &str,
        order: Order,
        limit: u32,
        after: Option<&Cursor>,
    ) -> Result<Paged<Versioned<E>>, StoreError> {
        let slice = Slice { index: crate::table::list_index(), partition: list, range: None, order };
        let page = self.slice(slice, limit, after).await?;
        let items = page.items.iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Paged { items, next: page.next })
    }
}
