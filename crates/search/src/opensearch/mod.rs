//! Log search in OpenSearch: an index for each day, a document for each entry.
//!
//! Invariants: a document's id follows from the entry's origin and number, and its index from its time, so that an
//! entry that comes again meets itself; every answer is whole, or an error.

mod access;
mod bulk;
mod calls;
mod cursor;
mod document;
mod filter;
mod forget;
mod names;
mod pages;
mod template;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use opensearch::http::Method;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::OnceCell;

pub use self::access::{Access, OpenSearchConfig};
use self::calls::call;
use self::names::Names;
use crate::{Batch, LogSearch, Page, Query, SearchError};

/// Indices deleted with one request: their names stand in its path.
const DELETED_AT_ONCE: usize = 50;

/// The index template that is installed for indices with this prefix. `serverless`: for a collection.
pub fn index_template(prefix: &str, serverless: bool) -> Result<Value, SearchError> {
    Ok(template::template(&Names::new(prefix)?, serverless))
}

/// Log search in OpenSearch.
pub struct OpenSearch {
    client: opensearch::OpenSearch,
    names: Names,
    patience: Duration,
    serverless: bool,
    /// Set when the index template is known to be there.
    prepared: OnceCell<()>,
}

impl OpenSearch {
    /// Prepares what `config` describes; nothing is sent before the first append or search.
    pub fn new(config: &OpenSearchConfig) -> Result<Self, SearchError> {
        let (transport, names) = access::transport(config)?;
        Ok(Self {
            client: opensearch::OpenSearch::new(transport),
            names,
            patience: config.patience,
            serverless: config.access.is_serverless(),
            prepared: OnceCell::new(),
        })
    }

    /// Installs the index template, unless this version's or a later one is there: without it, the first entry of a day
    /// would make an index of guessed fields.
    async fn prepare(&self) -> Result<(), SearchError> {
        #[derive(Deserialize)]
        struct Templates {
            index_templates: Vec<Installed>,
        }
        #[derive(Deserialize)]
        struct Installed {
            index_template: Version,
        }
        #[derive(Deserialize)]
        struct Version {
            #[serde(default)]
            version: u64,
        }
        let path = format!("_index_template/{}", self.names.template());
        let installed = match call::<Templates>(&self.client, Method::Get, &path, &[], None).await? {
            Ok(templates) => templates.index_templates.first().map(|installed| installed.index_template.version),
            Err(failure) if failure.status == 404 => None,
            Err(failure) => return Err(failure.into_error()),
        };
        if installed.is_some_and(|version| version >= template::VERSION) {
            return Ok(());
        }
        let template = template::template(&self.names, self.serverless).to_string();
        let answer = call::<Value>(&self.client, Method::Put, &path, &[], Some(Bytes::from(template))).await?;
        answer.map(drop).map_err(calls::Failure::into_error)
    }
}

#[async_trait::async_trait]
impl LogSearch for OpenSearch {
    async fn append(&self, batch: Batch) -> Result<(), SearchError> {
        let batch = batch.checked()?;
        self.prepared.get_or_try_init(|| self.prepare()).await?;
        bulk::append(&self.client, &self.names, self.patience, &batch).await
    }

    async fn search(&self, query: Query) -> Result<Page, SearchError> {
        pages::search(&self.client, &self.names, &query).await
    }

    async fn forget_flow(&self, flow: &str) -> Result<(), SearchError> {
        forget::forget_flow(&self.client, &self.names, flow).await
    }

    async fn drop_before(&self, time: Timestamp) -> Result<(), SearchError> {
        #[derive(Deserialize)]
        struct Index {
            index: String,
        }
        let path = format!("_cat/indices/{}", self.names.patterns().join(","));
        let listed = call::<Vec<Index>>(&self.client, Method::Get, &path, &[("format", "json"), ("h", "index")], None).await?;
        let mut past: Vec<String> = listed.map_err(calls::Failure::into_error)?.into_iter().map(|index| index.index).collect();
        past.retain(|name| self.names.is_before(name, time));
        for names in past.chunks(DELETED_AT_ONCE) {
            match call::<Value>(&self.client, Method::Delete, &names.join(","), &[("ignore_unavailable", "true")], None).await? {
                Ok(_) => tracing::info!(indices = names.len(), before = %time, "deleted the log indices of days past their time"),
                // Somebody else was faster.
                Err(failure) if failure.status == 404 => {}
                Err(failure) => return Err(failure.into_error()),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for OpenSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSearch").field("names", &self.names).finish_non_exhaustive()
    }
}
