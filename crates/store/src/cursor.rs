//! Opaque cursors: where a list goes on.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    Entity, StoreError,
    entity::{Item, text},
    keys::{Index, attribute},
};

/// Bytes of a sort key that the table takes.
pub(crate) const PLACE_MAX: usize = 1024;

/// Where a list goes on. Opaque to everybody else; good for the list that gave it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub(crate) String);

/// Some rows of a list, and where it goes on.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where it goes on; `None` at the end.
    pub next: Option<Cursor>,
}

impl<T> Paged<T> {
    /// The same page with other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Cursor {
    /// Goes on after `record`, in a list that is read from the table itself.
    pub fn after<E: Entity>(record: &E) -> Self {
        Self::of(&record.key().to_item())
    }

    pub(crate) fn of(last_key: &Item) -> Self {
        let texts: std::collections::BTreeMap<&str, &str> =
            last_key.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_s().ok()?.as_str()))).collect();
        Self(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&texts).expect("a map of texts is JSON")))
    }

    /// The start key that it stands for, which must have exactly the attributes `names`, `partition` being one that the
    /// list is of: a cursor never leads into another list.
    pub(crate) fn start_key(&self, names: &[&str], partition: (&str, &str)) -> Result<Item, StoreError> {
        let key = self.any_start_key(names)?;
        let leads_here = key.get(partition.0).and_then(|value| value.as_s().ok()).is_some_and(|found| found == partition.1);
        if leads_here { Ok(key) } else { Err(self.wrong()) }
    }

    /// The place in that list of an index that it stands for.
    pub(crate) fn place_in(&self, index: &Index, partition: &str) -> Result<String, StoreError> {
        let names = [attribute::PARTITION, attribute::SORT, index.partition, index.sort];
        Ok(text(&self.start_key(&names, (index.partition, partition))?, index.sort).to_owned())
    }

    /// The start key that it stands for, which must have exactly the attributes `names`: for walks over the whole table.
    pub(crate) fn any_start_key(&self, names: &[&str]) -> Result<Item, StoreError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| self.wrong())?;
        let texts: std::collections::BTreeMap<String, String> = serde_json::from_slice(&bytes).map_err(|_| self.wrong())?;
        // The table refuses other texts as keys.
        let fits = texts.values().all(|text| (1..=PLACE_MAX).contains(&text.len()));
        let expected = fits && texts.len() == names.len() && names.iter().all(|name| texts.contains_key(*name));
        if !expected {
            return Err(self.wrong());
        }
        Ok(texts.into_iter().map(|(name, text)| (name, AttributeValue::S(text))).collect())
    }

    pub(crate) fn wrong(&self) -> StoreError {
        StoreError::Cursor(self.0.chars().take(60).collect())
    }
}
