//! Dates: `2012-01-19 17:21:00` (UTC), RFC 3339, RFC 2822.

use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::TimeZone};
use kraken_domain::trigger::time_zone;

/// Reads a date and time. Without an offset it is UTC.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse_date(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    if let Ok(timestamp) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Ok(timestamp);
    }
    let civil = text.parse::<DateTime>().ok().and_then(|civil| TimeZone::UTC.to_timestamp(civil).ok());
    civil.ok_or_else(|| {
        format!("{text:?} is not a date: expected \"2012-01-19 17:21:00\", \"2012-01-19T17:21:00Z\" or \"Thu, 19 Jan 2012 17:21:00 +0000\"")
    })
}

/// Checks that `name` is an IANA time zone.
pub(crate) fn check_time_zone(name: &str) -> Result<(), String> {
    match time_zone(name) {
        Some(_) => Ok(()),
        None => Err(format!("{name:?} is not a time zone: expected a name like \"Europe/Warsaw\" or \"UTC\"")),
    }
}

#[cfg(test)]
mod tests;
