//! Durations as people write them: `10m`, `1d`, `3h 30m`, `2 hours`, `90` (seconds).

/// The longest duration that is accepted, in seconds: ten years.
pub const LONGEST_S: u64 = 10 * 365 * DAY;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Reads a duration into whole seconds, rounded down.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let refuse = |why: &str| Err(format!("{text:?} is not a duration: {why}; expected something like \"10m\", \"3h 30m\" or \"1d\""));
    let mut rest = text.trim();
    if rest.is_empty() {
        return refuse("it is empty");
    }
    let (mut seconds, mut parts) = (0.0_f64, 0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let Ok(number) = rest[..digits].parse::<f64>() else {
            return refuse("a number is missing");
        };
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            // A number alone is seconds, but only alone: `1h 30` could mean anything.
            "" if parts == 0 && rest.is_empty() => 1,
            "" => return refuse("a unit is missing"),
            name => match unit(name) {
                Some(unit) => unit,
                None => return refuse(&format!("{name:?} is not a unit (s, m, h, d or w)")),
            },
        };
        seconds += number * unit as f64;
        parts += 1;
        rest = rest[letters..].trim_start_matches([' ', '\t', ',']);
    }
    if seconds > LONGEST_S as f64 {
        return refuse("it is longer than ten years");
    }
    // Within the range that f64 counts exactly, and not negative: there is no sign to write.
    Ok(seconds as u64)
}

fn unit(name: &str) -> Option<u64> {
    Some(match name.to_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "wk" | "wks" | "week" | "weeks" => WEEK,
        _ => return None,
    })
}

/// Writes seconds the way [`parse_duration`] reads them: `3h 30m`.
pub fn format_duration(seconds: u64) -> String {
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (1, "s")] {
        if rest >= unit {
            parts.push(format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests;
