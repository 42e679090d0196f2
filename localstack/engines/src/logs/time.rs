//! The time of an entry as it is stored.

use jiff::Timestamp;

/// Nanoseconds since 1970, clamped to the years 1678 to 2261.
pub(super) fn nanoseconds(time: Timestamp) -> i64 {
    let wide = time.as_nanosecond();
    i64::try_from(wide).unwrap_or(if wide < 0 { i64::MIN } else { i64::MAX })
}

/// The inverse of [`nanoseconds`].
pub(super) fn timestamp(nanoseconds: i64) -> Timestamp {
    // Every i64 of nanoseconds lies within the range of a timestamp.
    Timestamp::from_nanosecond(nanoseconds.into()).unwrap_or(Timestamp::UNIX_EPOCH)
}
