//! Finding the entries of a page: first their places, then their texts, as many as a page may hold.
//!
//! Invariant: every entry up to the cursor was looked at, and those that fit are on this page or an earlier one.

use bytes::Bytes;
use opensearch::OpenSearch;
use opensearch::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::calls::{Failure, call};
use super::cursor::Place;
use super::document::Stored;
use super::filter::Asked;
use super::names::Names;
use crate::{Entry, Matcher, Page, Query, SearchError};

/// Bytes of text on one page, and of one fetch; a page with a single longer entry has that.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Places asked for at once when many may not fit.
const CANDIDATES: usize = 500;

/// Entries looked at, and bytes of their texts, after which a page ends with what it has.
const MAX_LOOKED_AT: usize = 4000;
const MAX_LOOKED_AT_BYTES: usize = 16 * 1024 * 1024;

/// An entry found in the index.
#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "_index")]
    index: String,
    #[serde(rename = "_id")]
    id: String,
    sort: Place,
    #[serde(default)]
    fields: Fields,
}

#[derive(Default, Deserialize)]
struct Fields {
    #[serde(default)]
    bytes: Vec<usize>,
}

impl Hit {
    fn bytes(&self) -> usize {
        self.fields.bytes.first().copied().unwrap_or(0)
    }

    /// Its number within its origin, which its id ends with.
    fn number(&self) -> Option<u64> {
        self.id.rsplit_once('-')?.1.parse().ok()
    }
}

/// Answers `query`.
pub(super) async fn search(client: &OpenSearch, names: &Names, query: &Query) -> Result<Page, SearchError> {
    query.check()?;
    let search = Search { client, path: format!("{}/_search", names.patterns().join(",")), asked: Asked::new(query) };
    let matcher = Matcher::new(&query.text)?;
    let mut after = query.cursor.as_deref().map(Place::parse).transpose()?;
    let mut found = Found { limit: query.limit, entries: Vec::new(), numbers: Vec::new(), bytes: 0, looked_at: 0, looked_at_bytes: 0 };
    loop {
        // One more than is wanted tells whether there is more.
        let size = if search.asked.exact { found.wanted() + 1 } else { CANDIDATES };
        let hits = search.places(size, after.as_ref()).await?;
        let is_last = hits.len() < size;
        let mut rest = hits.as_slice();
        while !rest.is_empty() {
            let most = if search.asked.exact { found.wanted() } else { rest.len() };
            let (group, later) = rest.split_at(fitting(rest, most));
            if found.is_full(group) {
                return found.page(after);
            }
            let entries = search.fetch(group).await?;
            for (hit, entry) in group.iter().zip(entries) {
                if found.is_full(std::slice::from_ref(hit)) {
                    return found.page(after);
                }
                found.look_at(hit, entry.filter(|entry| matcher.matches(entry.text.as_bytes())));
                after = Some(hit.sort.clone());
            }
            rest = later;
        }
        if is_last {
            return found.page(None);
        }
    }
}

/// How many of `hits`, no more than `most`, may be fetched at once: one at least.
fn fitting(hits: &[Hit], most: usize) -> usize {
    let mut bytes = 0;
    let fits = hits.iter().take(most).take_while(|hit| {
        bytes += hit.bytes();
        bytes <= PAGE_BYTES
    });
    fits.count().max(1)
}

/// A page as it grows.
struct Found {
    limit: usize,
    entries: Vec<Entry>,
    numbers: Vec<Option<u64>>,
    bytes: usize,
    looked_at: usize,
    looked_at_bytes: usize,
}

impl Found {
    fn wanted(&self) -> usize {
        self.limit - self.entries.len()
    }

    /// Whether the page ends before `next`.
    fn is_full(&self, next: &[Hit]) -> bool {
        let first = next.first().map_or(0, Hit::bytes);
        let looked_at_enough = self.looked_at >= MAX_LOOKED_AT || self.looked_at_bytes >= MAX_LOOKED_AT_BYTES;
        self.wanted() == 0 || looked_at_enough || !self.entries.is_empty() && self.bytes + first > PAGE_BYTES
    }

    /// Notes that `hit` was looked at, and found to be `entry` if it fits.
    fn look_at(&mut self, hit: &Hit, entry: Option<Entry>) {
        self.looked_at += 1;
        self.looked_at_bytes += hit.bytes();
        if let Some(entry) = entry {
            self.bytes += entry.text.len();
            self.entries.push(entry);
            self.numbers.push(hit.number());
        }
    }

    fn page(self, more_after: Option<Place>) -> Result<Page, SearchError> {
        let cursor = more_after.as_ref().map(Place::cursor).transpose()?;
        Ok(Page { entries: self.entries, numbers: self.numbers, cursor })
    }
}

struct Search<'a> {
    client: &'a OpenSearch,
    path: String,
    asked: Asked,
}

#[derive(Deserialize)]
struct Places {
    hits: Hits,
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Fetched {
    docs: Vec<Document>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_source")]
    source: Option<Stored>,
    #[serde(default)]
    error: Value,
}

impl Search<'_> {
    /// The places of the next `size` entries.
    async fn places(&self, size: usize, after: Option<&Place>) -> Result<Vec<Hit>, SearchError> {
        // An answer without some of the indices would lose entries.
        let whole = [("allow_partial_search_results", "false"), ("filter_path", "hits.hits")];
        let request = self.asked.request(size, after).to_string();
        let answer: Value = self.ask(&self.path, &whole, request).await?;
        if answer["hits"].is_null() {
            // Empty answers are filtered away.
            return Ok(Vec::new());
        }
        let read = serde_json::from_value::<Places>(answer);
        read.map(|places| places.hits.hits).map_err(|error| SearchError::Unavailable(format!("OpenSearch answers no places: {error}")))
    }

    /// The entries at `hits`; `None` where one is gone since it was found.
    async fn fetch(&self, hits: &[Hit]) -> Result<Vec<Option<Entry>>, SearchError> {
        let documents: Vec<Value> =
            hits.iter().map(|hit| json!({ "_index": hit.index, "_id": hit.id, "_source": Stored::FIELDS })).collect();
        let fetched: Fetched = self.ask("_mget", &[("realtime", "false")], json!({ "docs": documents }).to_string()).await?;
        let entry = |document: Document| match document.error {
            Value::Null => Ok(document.source.map(Stored::into_entry)),
            error if error["type"] == "index_not_found_exception" => Ok(None),
            error => Err(SearchError::Unavailable(Failure::new(503, &error).reason)),
        };
        let entries = fetched.docs.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        if entries.len() != hits.len() {
            return Err(SearchError::Unavailable(format!("OpenSearch answers {} entries, {} were asked for", entries.len(), hits.len())));
        }
        Ok(entries)
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, path: &str, query: &[(&str, &str)], body: String) -> Result<T, SearchError> {
        let answer = call(self.client, Method::Post, path, query, Some(Bytes::from(body))).await?;
        answer.map_err(|failure| match failure.status {
            400 => SearchError::Query(format!("OpenSearch cannot answer: {}", failure.reason)),
            _ => failure.into_error(),
        })
    }
}
