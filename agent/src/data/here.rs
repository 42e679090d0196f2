//! The data of a run without a server: in memory, for all of its jobs, gone with it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use kraken_domain::data::{DataChange, DataScope, InvalidData, empty};
use kraken_protocol::{
    agent::DataNow,
    tool::{Data, DataOperation},
};

use super::{DataError, DataStore, Learnt};

/// Five documents. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct DataHere {
    documents: Arc<Mutex<BTreeMap<DataScope, DataNow>>>,
}

impl DataHere {
    /// What jobs kept so far, for those that begin now.
    pub(crate) fn learnt(&self) -> Vec<Learnt> {
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        documents.iter().map(|(scope, now)| Learnt { scope: *scope, value: now.value.clone() }).collect()
    }

    fn changed(&self, data: &Data, over: Option<u64>) -> Result<Option<DataNow>, InvalidData> {
        let change = match data.operation {
            DataOperation::Set => DataChange::set(&data.pointer, data.value.clone())?,
            DataOperation::Jsonpatch => DataChange::patch(&data.value)?,
            DataOperation::Jq | DataOperation::Unknown => {
                return Err(InvalidData::NotAPatch("the tool asks for a change that is neither a value nor a patch".to_owned()));
            }
        };
        let scope = data.scope.parse()?;
        // One that panicked has left a whole document behind: each is replaced at once.
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let now = documents.entry(scope).or_insert_with(unwritten);
        if over.is_some_and(|over| over != now.version) {
            return Ok(None);
        }
        let value = change.applied_to(&now.value)?;
        if value != now.value {
            *now = DataNow { value, version: now.version + 1 };
        }
        Ok(Some(now.clone()))
    }
}

#[async_trait]
impl DataStore for DataHere {
    async fn read(&self, scope: &str) -> Result<DataNow, DataError> {
        let scope: DataScope = scope.parse().map_err(in_words)?;
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(documents.get(&scope).cloned().unwrap_or_else(unwritten))
    }

    async fn change(&self, data: Data, over: Option<u64>) -> Result<Option<DataNow>, DataError> {
        self.changed(&data, over).map_err(in_words)
    }
}

fn unwritten() -> DataNow {
    DataNow { value: empty(), version: 0 }
}

fn in_words(error: InvalidData) -> DataError {
    DataError(error.to_string())
}

#[cfg(test)]
mod tests;
