//! Reading logs: by line, from the end, by text, whole. Members are fetched by range and unpacked one at a time, so that
//! memory does not grow with the log.

mod find;
mod member;
mod read;
mod room;
mod scan;
mod search;
mod whole;

use kraken_domain::job::Job;
use kraken_protocol::log::{INDEX_OBJECT, LogIndex};

use crate::{Control, ControlError};

pub use search::LogQuery;
pub use whole::WholeLog;

impl Control {
    /// The index of a job's log as it stands; an empty one while there is none.
    ///
    /// # Errors
    /// [`ControlError`] when the object store failed or the index is damaged.
    pub async fn log_index(&self, job: &Job) -> Result<LogIndex, ControlError> {
        let empty = || LogIndex { complete: job.is_completed(), ..LogIndex::default() };
        let Some(prefix) = &job.log_prefix else { return Ok(empty()) };
        let Some(body) = self.objects.get(&format!("{prefix}{INDEX_OBJECT}")).await? else { return Ok(empty()) };
        let mut index: LogIndex = serde_json::from_slice(&body)
            .map_err(|error| ControlError::Internal(format!("the index of the log of job {} cannot be read: {error}", job.id)))?;
        // An agent that was lost wrote no last index; nothing will come any more.
        index.complete |= job.is_completed();
        Ok(index)
    }
}
