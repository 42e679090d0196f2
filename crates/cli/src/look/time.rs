//! Durations, sizes and numbers in the words of people.

use jiff::{SignedDuration, Timestamp};

/// How long from one time to another; clocks that disagree never give less than nothing.
pub fn elapsed(from: Timestamp, to: Timestamp) -> String {
    duration(to.duration_since(from))
}

/// `0.4s`, `12s`, `1m 03s`, `2h 05m`, `3d 04h`. Below ten seconds with a tenth, as that is where it matters.
pub fn duration(time: SignedDuration) -> String {
    let millis = time.as_millis().max(0);
    let seconds = millis / 1000;
    match seconds {
        0..10 => format!("{}.{}s", seconds, millis % 1000 / 100),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// Bytes: `312 B`, `4.0 KiB`, `1.9 GiB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    // Not up to 1024: what would be rounded to "1024.0 KiB" is "1.0 MiB".
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `1 job`, `2 jobs`.
pub fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests;
