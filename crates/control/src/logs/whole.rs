//! A whole log: as bytes where an answer may have any size, else without passing through here.
//!
//! What lies in the object store is packed in many members of gzip. Of those as `Content-Encoding`, browsers and curl show the first one
//! alone, so nobody is sent to it in that way: it is handed out as the file that it is.

use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use kraken_cloud::Reading;
use kraken_domain::{Timestamp, job::Job};
use kraken_protocol::{
    answer::escaped_bytes,
    log::{LOG_OBJECT, LogIndex},
};

use crate::{Control, ControlError};

/// How long the address of a log is good.
const READABLE_FOR: Duration = Duration::from_secs(300);
/// A log of more bytes is not unpacked to see whether it fits.
const LOOKED_AT_BYTES: u64 = 2 << 20;
/// Nor one in more members: those of a short log are few, unless nearly all of its lines are empty.
const LOOKED_AT_MEMBERS: usize = 512;

/// A whole log.
pub enum WholeLog {
    /// It comes as a stream of its bytes.
    Stream(BoxStream<'static, Result<Vec<u8>, ControlError>>),
    /// It is short.
    Bytes(Bytes),
    /// It is to be read there, packed with gzip.
    Packed {
        /// Good for a GET for five minutes.
        url: String,
    },
}

impl Control {
    /// The whole log of a job as it was written, as far as it has been.
    ///
    /// # Errors
    /// [`ControlError::TooLarge`] for a long log that is in pieces still, where answers are bounded: it can be read by lines.
    /// [`ControlError`] when the object store failed.
    pub async fn whole_log(&self, job: Job) -> Result<WholeLog, ControlError> {
        let Some(most) = self.settings.answer_bytes_max else {
            return Ok(WholeLog::Stream(Box::pin(self.log_stream(job).await?)));
        };
        let index = self.log_index(&job).await?;
        if index.bytes <= LOOKED_AT_BYTES
            && let Some(bytes) = self.short_log(&job, &index, most).await?
        {
            return Ok(WholeLog::Bytes(bytes));
        }
        if let Some(url) = self.packed_log(&job, &index).await? {
            return Ok(WholeLog::Packed { url });
        }
        let why =
            format!("the log of job {} has {} bytes and is in pieces still: read it by lines, as `kraken logs` does", job.id, index.bytes);
        Err(ControlError::TooLarge(why))
    }

    /// Where the whole log of a job can be read without a token, packed with gzip, and until when.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] while it is in pieces still, or empty. [`ControlError`] when the object store failed.
    pub async fn log_address(&self, job: &Job) -> Result<(String, Timestamp), ControlError> {
        let index = self.log_index(job).await?;
        if !index.members.is_empty()
            && let Some(url) = self.packed_log(job, &index).await?
        {
            return Ok((url, self.clock.now().saturating_add(READABLE_FOR).unwrap_or(Timestamp::MAX)));
        }
        Err(ControlError::Conflict(format!("the log of job {} is no single file yet: ask for it without `address`", job.id)))
    }

    /// The address of a log that lies in one object.
    async fn packed_log(&self, job: &Job, index: &LogIndex) -> Result<Option<String>, ControlError> {
        if !index.members.iter().all(|member| member.object == LOG_OBJECT) {
            return Ok(None);
        }
        let name = format!("{}.log.gz", job.id);
        let reading = Reading { file_name: Some(&name), content_type: Some("application/gzip") };
        let prefix = job.log_prefix.as_deref().unwrap_or_default();
        Ok(Some(self.objects.presigned_get(&format!("{prefix}{LOG_OBJECT}"), READABLE_FOR, reading).await?))
    }

    /// The log, if it fits into an answer of `most` bytes.
    async fn short_log(&self, job: &Job, index: &LogIndex, most: usize) -> Result<Option<Bytes>, ControlError> {
        let mut whole = Vec::new();
        // Its sizes are what an agent says.
        if index.members.len() > LOOKED_AT_MEMBERS {
            return Ok(None);
        }
        for member in &index.members {
            let Some(unpacked) = self.log_member(job, member).await? else {
                return Err(ControlError::Conflict(format!("the log of job {} was written anew meanwhile: read it again", job.id)));
            };
            whole.extend_from_slice(&unpacked.into_bytes());
            if whole.len() as u64 > LOOKED_AT_BYTES {
                let why = format!("it is longer than the {} bytes that its index says", index.bytes);
                return Err(ControlError::BadLog { job: job.id, why });
            }
        }
        // Bytes that are no text travel in base64.
        let fits = if std::str::from_utf8(&whole).is_ok() { escaped_bytes(&whole) } else { whole.len().div_ceil(3) * 4 } <= most;
        Ok(fits.then(|| whole.into()))
    }
}
