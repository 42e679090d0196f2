//! Lines by number, from the end, and the whole log as a stream.

use std::time::Duration;

use futures::{Stream, stream};
use kraken_domain::job::Job;
use kraken_protocol::{
    api::{LogLines, LogStep},
    log::{LogIndex, Member},
};

use super::room::Room;
use crate::{Control, ControlError};

/// Members that one page reads. Those of the lines that a page may have are a few; where they are tiny the page has fewer lines.
const MEMBERS_PER_PAGE: usize = 64;
/// Steps whose marks are given.
const STEPS_MAX: usize = 1000;
/// A live log is written anew between reading its index and its members: then the index is read again, so often.
const LOOKS: u32 = 6;
/// The pause before the second of these looks; each further one is twice as long. Index and members are stored side by side, so either may
/// come a moment after the other.
const PAUSE: Duration = Duration::from_millis(10);

impl Control {
    /// The lines of a job's log from number `from` (counted from 0), at most `limit`.
    ///
    /// # Errors
    /// [`ControlError`] when the object store failed.
    pub async fn log_lines(&self, job: &Job, from: u64, limit: u64) -> Result<LogLines, ControlError> {
        self.lines_of_now(job, |_| (from, limit)).await
    }

    /// The last `count` lines of a job's log.
    ///
    /// # Errors
    /// [`ControlError`] when the object store failed.
    pub async fn log_tail(&self, job: &Job, count: u64) -> Result<LogLines, ControlError> {
        self.lines_of_now(job, |index| (index.lines.saturating_sub(count), count)).await
    }

    /// The lines that `which` names (the first one, how many) of the log as it is now.
    async fn lines_of_now(&self, job: &Job, which: impl Fn(&LogIndex) -> (u64, u64)) -> Result<LogLines, ControlError> {
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(PAUSE * (1 << (look - 1))).await;
            }
            let index = self.log_index(job).await?;
            let (from, limit) = which(&index);
            if let Some(lines) = self.lines_of(job, &index, from, limit).await? {
                return Ok(lines);
            }
        }
        Err(ControlError::Unavailable(format!("the log of job {} is being written faster than it can be read: try again", job.id)))
    }

    async fn lines_of(&self, job: &Job, index: &LogIndex, from: u64, limit: u64) -> Result<Option<LogLines>, ControlError> {
        let to = from.saturating_add(limit);
        let (mut lines, mut room) = (Vec::new(), Room::default());
        'members: for member in index.members_of(from, to).take(MEMBERS_PER_PAGE) {
            let Some(unpacked) = self.log_member(job, member).await? else { return Ok(None) };
            for (number, line) in unpacked.lines().filter(|(number, _)| (from..to).contains(number)) {
                let Some(line) = room.take(unpacked.shown(number, line)) else { break 'members };
                lines.push(line);
            }
        }
        // What an agent says may be anything; no job has more steps.
        let steps = index.steps.iter().take(STEPS_MAX);
        let steps = steps.map(|mark| LogStep { step: mark.step, first_line: mark.first_line, at: mark.at }).collect();
        Ok(Some(LogLines { lines, total: index.lines, complete: index.complete, steps }))
    }

    /// The whole log as it was written, a member at a time.
    ///
    /// # Errors
    /// [`ControlError`] when the index cannot be read; errors on the way end the stream with one.
    pub async fn log_stream(&self, job: Job) -> Result<impl Stream<Item = Result<Vec<u8>, ControlError>> + use<>, ControlError> {
        let index = self.log_index(&job).await?;
        let control = self.clone();
        let members: std::collections::VecDeque<Member> = index.members.into();
        Ok(stream::try_unfold((control, job, members), |(control, job, mut members)| async move {
            let Some(member) = members.pop_front() else { return Ok(None) };
            match control.log_member(&job, &member).await? {
                Some(unpacked) => Ok(Some((unpacked.into_bytes(), (control, job, members)))),
                None => Err(ControlError::Conflict(format!("the log of job {} was written anew meanwhile: read it again", job.id))),
            }
        }))
    }
}
