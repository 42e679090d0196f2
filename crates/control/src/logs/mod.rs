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
use kraken_protocol::log::{INDEX_BYTES_MAX, INDEX_OBJECT, LogIndex};

use crate::{Control, ControlError};

pub use search::LogQuery;
pub use whole::WholeLog;

impl Control {
    /// The index of a job's log as it stands; an empty one while there is none.
    ///
    /// # Errors
    /// [`ControlError::BadLog`] when the index is none that an agent writes; another [`ControlError`] when the object store failed.
    pub async fn log_index(&self, job: &Job) -> Result<LogIndex, ControlError> {
        let empty = || LogIndex { complete: job.is_completed(), ..LogIndex::default() };
        let Some(prefix) = &job.log_prefix else { return Ok(empty()) };
        let key = format!("{prefix}{INDEX_OBJECT}");
        // It comes from an agent, and might be anything.
        let Some(body) = self.objects.get_range(&key, 0, INDEX_BYTES_MAX + 1).await? else { return Ok(empty()) };
        let bad = |why: String| ControlError::BadLog { job: job.id, why };
        if body.len() as u64 > INDEX_BYTES_MAX {
            return Err(bad(format!("its index has more than the {INDEX_BYTES_MAX} bytes that are read of one")));
        }
        let mut index: LogIndex = serde_json::from_slice(&body).map_err(|error| bad(format!("its index cannot be read: {error}")))?;
        index.check().map_err(|wrong| bad(format!("its index is wrong: {wrong}")))?;
        // An agent that was lost wrote no last index; nothing will come any more.
        index.complete |= job.is_completed();
        Ok(index)
    }
}
