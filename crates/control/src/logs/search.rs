//! Searching one log, member by member.

use kraken_domain::job::Job;
use kraken_protocol::api::LogMatches;
use regex::bytes::{Regex, RegexBuilder};

use super::{member::Unpacked, read::PAGE_BYTES_MAX};
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
        let (mut lines, mut bytes) = (Vec::new(), 0);
        for (searched, member) in index.members_of(query.from, u64::MAX).enumerate() {
            if searched == MEMBERS_PER_CALL {
                return Ok(LogMatches { lines, next_from: Some(member.first_line) });
            }
            // The log was written anew since its index was read: go on from here with the new one.
            let Some(unpacked) = self.log_member(job, member).await? else {
                return Ok(LogMatches { lines, next_from: Some(member.first_line.max(query.from)) });
            };
            let (wanted, from, room) = (wanted.clone(), query.from, query.limit - lines.len());
            // An expression can take its time, which is not that of everybody else.
            let looking =
                tokio::task::spawn_blocking(move || matches_in(&unpacked, &wanted, from, room, PAGE_BYTES_MAX.saturating_sub(bytes)));
            let found = looking.await.map_err(|error| ControlError::Internal(error.to_string()))?;
            bytes += found.lines.iter().map(|line| line.text.len()).sum::<usize>();
            lines.extend(found.lines);
            if found.next_from.is_some() {
                return Ok(LogMatches { lines, next_from: found.next_from });
            }
        }
        Ok(LogMatches { lines, next_from: None })
    }
}

/// The lines of one member that match, as long as there is room for them.
fn matches_in(member: &Unpacked, wanted: &Regex, from: u64, room: usize, room_bytes: usize) -> LogMatches {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    for (number, line) in member.lines().filter(|(number, line)| *number >= from && wanted.is_match(line)) {
        if lines.len() == room || bytes >= room_bytes {
            return LogMatches { lines, next_from: Some(number) };
        }
        bytes += line.len();
        lines.push(member.shown(number, line));
    }
    LogMatches { lines, next_from: None }
}

fn expression(query: &LogQuery) -> Result<Regex, ControlError> {
    let text = if query.regex { query.text.clone() } else { regex::escape(&query.text) };
    let built = RegexBuilder::new(&text).case_insensitive(!query.regex).size_limit(EXPRESSION_BYTES_MAX).build();
    built.map_err(|error| ControlError::invalid("/q", format!("{:?} is not a regular expression: {error}", query.text)))
}
