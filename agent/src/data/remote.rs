//! The data of a job on the server.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use kraken_domain::{JobId, job::Generation};
use kraken_protocol::{
    agent::{ChangeData, DataNow, ReadData},
    tool::Data,
};

use super::{DataError, DataStore};
use crate::api::{Api, ApiError};

/// The data of the job that is held.
pub struct RemoteData {
    api: Api,
    job: JobId,
    generation: Generation,
    /// Changes that were asked for.
    changes: AtomicU64,
}

impl RemoteData {
    /// Those of this job, as long as it is held with this generation.
    pub fn new(api: Api, job: JobId, generation: Generation) -> Self {
        Self { api, job, generation, changes: AtomicU64::new(0) }
    }
}

#[async_trait]
impl DataStore for RemoteData {
    async fn read(&self, scope: &str) -> Result<DataNow, DataError> {
        let request = ReadData { job: self.job, generation: self.generation, scope: scope.to_owned() };
        self.api.call(&request).await.map_err(in_words)
    }

    async fn change(&self, data: Data, over: Option<u64>) -> Result<Option<DataNow>, DataError> {
        // Where an answer is lost the call is repeated as it is: the server knows it by this.
        let once = format!("{}-{}-{}", self.job, self.generation.0, self.changes.fetch_add(1, Ordering::Relaxed));
        let request = ChangeData { job: self.job, generation: self.generation, data, over, once };
        self.api.call(&request).await.map(|changed| changed.now).map_err(in_words)
    }
}

/// What the server refused is said as it said it.
fn in_words(error: ApiError) -> DataError {
    match error {
        ApiError::Refused { detail, .. } => DataError(detail),
        other => DataError(other.to_string()),
    }
}
