//! Searching one log, member by member.

use kraken_domain::job::Job;
use kraken_protocol::api::LogMatches;
use regex::bytes::{Regex, RegexBuilder};

use super::{member::Unpacked, room::Room};
use crate::{Control, ControlError};

/// What to look for in a log.
#[derive(Clone, Debug)]
pub struct LogQuery {
    /// The text, or the regular expression.
    pub text: String,
    /// Whether it is a regular expression.
    pub regex: bool,
    /// Number of the line to begin at.
    pub from: u64,
    /// The most lines to find.
    pub limit: usize,
}

/// So many members are searched in one call; longer logs take several.
const MEMBERS_PER_CALL: usize = 512;
/// An expression that needs more than this is refused instead of built.
const EXPRESSION_BYTES_MAX: usize = 1 << 20;

impl Control {
    /// The lines of a job's log that match. A plain text matches in any case.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a bad expression.
    pub async fn search_log(&self, job: &Job, query: &LogQuery) -> Result<LogMatches, ControlError> {
        let wanted = expression(query)?;
        let index = self.log_index(job).await?;
        let (mut lines, mut room) = (Vec::new(), Room::default());
        for (searched, member) in index.members_of(query.from, u64::MAX).enumerate() {
            if searched == MEMBERS_PER_CALL {
                return Ok(LogMatches { lines, next_from: Some(member.first_line) });
            }
            let Some(unpacked) = self.log_member(job, member).await? else {
                if self.log_index(job).await? == index {
                    // It is gone for good, and the others are to be found all the same.
                    continue;
                }
                // The log was written anew since its index was read: go on from here with the new one.
                return Ok(LogMatches { lines, next_from: Some(member.first_line.max(query.from)) });
            };
            let (wanted, from, most) = (wanted.clone(), query.from, query.limit - lines.len());
            // An expression can take its time, which is not that of everybody else.
            let looking = tokio::task::spawn_blocking(move || {
                let found = matches_in(&unpacked, &wanted, from, most, &mut room);
                (found, room)
            });
            let (found, left) = looking.await.map_err(|error| ControlError::Internal(error.to_string()))?;
            room = left;
            lines.extend(found.lines);
            if found.next_from.is_some() {
                return Ok(LogMatches { lines, next_from: found.next_from });
            }
        }
        Ok(LogMatches { lines, next_from: None })
    }
}

/// The lines of one member that match, `most` of them, as long as there is room for them.
fn matches_in(member: &Unpacked, wanted: &Regex, from: u64, most: usize, room: &mut Room) -> LogMatches {
    let mut lines = Vec::new();
    for (number, line) in member.lines().filter(|(number, line)| *number >= from && wanted.is_match(line)) {
        let fits = (lines.len() < most).then(|| room.take(member.shown(number, line))).flatten();
        let Some(line) = fits else { return LogMatches { lines, next_from: Some(number) } };
        lines.push(line);
    }
    LogMatches { lines, next_from: None }
}

fn expression(query: &LogQuery) -> Result<Regex, ControlError> {
    let text = if query.regex { query.text.clone() } else { regex::escape(&query.text) };
    let built = RegexBuilder::new(&text).case_insensitive(!query.regex).size_limit(EXPRESSION_BYTES_MAX).build();
    built.map_err(|error| ControlError::invalid("/q", format!("{:?} is not a regular expression: {error}", query.text)))
}
