//! The ways in which stages write times: durations, cron, dates. Each is read into numbers without a clock.

mod cron;
mod date;
mod duration;

pub use cron::Cron;
pub(crate) use date::check_time_zone;
pub use date::parse_date;
pub use duration::{LONGEST_S, format_duration, parse_duration};
