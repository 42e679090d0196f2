//! Forgetting the entries of one flow: found page by page, and deleted by their ids.
//!
//! By id and not by a query, which collections of OpenSearch Serverless do not delete by. Invariant: every entry that a search found at the
//! beginning was deleted, or the whole fails and can be done again.

use bytes::Bytes;
use opensearch::OpenSearch;
use opensearch::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::calls::{Failure, call};
use super::cursor::Place;
use super::filter::Asked;
use super::names::Names;
use crate::{Order, Query, SearchError};

/// Entries found, and deleted, with one request.
const AT_ONCE: usize = 2000;

#[derive(Deserialize)]
struct Found {
    hits: Hits,
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "_index")]
    index: String,
    #[serde(rename = "_id")]
    id: String,
    sort: Place,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    delete: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    status: u16,
    #[serde(default)]
    error: Value,
}

/// Deletes all entries of `flow` that can be found.
pub(super) async fn forget_flow(client: &OpenSearch, names: &Names, flow: &str) -> Result<(), SearchError> {
    let asked = Asked::new(&Query { flow: Some(flow.to_owned()), order: Order::OldestFirst, ..Query::default() });
    let path = format!("{}/_search", names.patterns().join(","));
    let mut after = None;
    loop {
        let request = asked.request(AT_ONCE, after.as_ref()).to_string();
        let whole = [("allow_partial_search_results", "false")];
        let found = call::<Found>(client, Method::Post, &path, &whole, Some(Bytes::from(request))).await?;
        let hits = found.map_err(Failure::into_error)?.hits.hits;
        if hits.is_empty() {
            return Ok(());
        }
        delete(client, &hits).await?;
        if hits.len() < AT_ONCE {
            return Ok(());
        }
        // What was deleted may be found for a moment yet.
        after = hits.into_iter().last().map(|hit| hit.sort);
    }
}

async fn delete(client: &OpenSearch, hits: &[Hit]) -> Result<(), SearchError> {
    let lines = hits.iter().map(|hit| json!({ "delete": { "_index": hit.index, "_id": hit.id } }).to_string() + "\n");
    let body = Bytes::from(lines.collect::<String>());
    let shown = [("filter_path", "items.*.status,items.*.error")];
    let answer = call::<Answer>(client, Method::Post, "_bulk", &shown, Some(body)).await?.map_err(Failure::into_error)?;
    for Item { delete: Outcome { status, error } } in answer.items {
        // 404: it is gone already.
        if !matches!(status, 200..300 | 404) {
            return Err(Failure::new(status, &error).into_error());
        }
    }
    Ok(())
}
