//! One gzip member of a log, unpacked.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use kraken_domain::{Timestamp, job::Job};
use kraken_protocol::{
    api::LogLine,
    log::{LINE_BYTES_MAX, MEMBER_BYTES_MAX, Member},
};

use crate::{Control, ControlError};

/// The lines of one member.
pub(super) struct Unpacked {
    member: Member,
    bytes: Vec<u8>,
}

/// A member never holds more than this: a whole one, and one line over it. A damaged one is cut here.
const UNPACKED_MAX: u64 = (MEMBER_BYTES_MAX + LINE_BYTES_MAX + 1) as u64;

impl Control {
    /// Fetches and unpacks one member of the log of `job`; `None` when it is no longer where the index said, because the log
    /// has been written anew since.
    pub(super) async fn log_member(&self, job: &Job, member: &Member) -> Result<Option<Unpacked>, ControlError> {
        let prefix = job.log_prefix.as_deref().unwrap_or_default();
        let key = format!("{prefix}{}", member.object);
        // The index comes from an agent: what no member can be is not fetched.
        if member.length > UNPACKED_MAX {
            return Err(ControlError::BadLog { job: job.id, why: format!("its index has a member of {} bytes", member.length) });
        }
        let Some(packed) = self.objects.get_range(&key, member.offset, member.length).await? else { return Ok(None) };
        let (member, member_object) = (member.clone(), member.object.clone());
        let unpacked = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            MultiGzDecoder::new(&packed[..]).take(UNPACKED_MAX).read_to_end(&mut bytes).map(|_| Unpacked { member, bytes })
        });
        let unpacked = unpacked.await.map_err(|error| ControlError::Internal(error.to_string()))?;
        unpacked.map(Some).map_err(|error| ControlError::BadLog { job: job.id, why: format!("{} is damaged: {error}", member_object) })
    }
}

impl Unpacked {
    /// How many bytes it has.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes as they were written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The lines with their numbers, without their line ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let body = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        (self.member.first_line..).zip(body.split(|byte| *byte == b'\n'))
    }

    /// When a line was read.
    pub(super) fn time_of(&self, number: u64) -> Timestamp {
        self.member.time_of(number)
    }

    /// A line as people see it.
    pub(super) fn shown(&self, number: u64, line: &[u8]) -> LogLine {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        LogLine { number, time: self.time_of(number), text: String::from_utf8_lossy(line).into_owned() }
    }
}
