//! What the indexer works with: less than the functions over the control plane, so it is configured with less.

use std::sync::Arc;

use kraken_cloud::Objects;
use kraken_search::LogSearch;
use kraken_store::Store;

use crate::{ConfigError, Region, Variable, clients, search};

/// The parts of an indexer.
#[derive(Debug)]
pub struct IndexerParts {
    /// The table.
    pub store: Store,
    /// The data bucket.
    pub objects: Objects,
    /// Where logs are searched.
    pub search: Arc<dyn LogSearch>,
    /// Days that lines can be searched.
    pub days: u32,
}

/// What they are made of.
#[derive(Debug, PartialEq, Eq)]
struct IndexerConfig {
    table: String,
    bucket: String,
    search: String,
    password: Option<String>,
    days: u32,
    region: Region,
}

impl IndexerConfig {
    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &'static str| get(name).filter(|value| !value.is_empty());
        let wanted = |name: &'static str| text(name).ok_or(ConfigError::Missing { name });
        let days = wanted(Variable::SearchDays.name())?;
        let days = days.parse().ok().filter(|days| *days > 0).ok_or(ConfigError::Wrong {
            name: Variable::SearchDays.name(),
            value: days,
            expected: "a number of days from 1",
        })?;
        Ok(Self {
            table: wanted(Variable::Table.name())?,
            bucket: wanted(Variable::Bucket.name())?,
            search: wanted(Variable::Search.name())?,
            password: text(Variable::SearchPassword.name()),
            days,
            region: Region { name: wanted("AWS_REGION")?, endpoint: text("AWS_ENDPOINT_URL") },
        })
    }
}

impl IndexerParts {
    /// By the environment of this process. Makes no call.
    ///
    /// # Errors
    /// [`ConfigError`] that names the variable.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let get = |name: &str| std::env::var(name).ok();
        let IndexerConfig { table, bucket, search, password, days, region } = IndexerConfig::read(get)?;
        let credentials = clients::credentials(get)?;
        let shared = clients::shared(&region, credentials.clone());
        let nowhere = || ConfigError::Wrong { name: Variable::Search.name(), value: search.clone(), expected: "the URL of OpenSearch" };
        let found = search::open(&search, password.as_deref(), &region, credentials)?.ok_or_else(nowhere)?;
        let store = aws_sdk_s3::config::Builder::from(&shared).force_path_style(region.endpoint.is_some()).build();
        let store = aws_sdk_s3::Client::from_conf(store);
        Ok(Self {
            store: Store::new(aws_sdk_dynamodb::Client::new(&shared), &table),
            objects: Objects::new(store.clone(), store, &bucket),
            search: found,
            days,
        })
    }
}

#[cfg(test)]
mod tests;
