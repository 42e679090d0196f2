//! The ways in which stages write times: durations and dates (cron rules are the domain's). Each is read into numbers without a clock.

mod date;
mod duration;

pub(crate) use date::check_time_zone;
pub use date::parse_date;
pub use duration::{LONGEST_S, format_duration, parse_duration};
