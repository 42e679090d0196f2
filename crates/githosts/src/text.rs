//! Cutting and cleaning of texts that others wrote.

/// The text, with `…` at its end if it had to be cut to `max` UTF-16 code units.
///
/// Far sides count in characters or in UTF-16 code units; there are never more of the former, so what fits by this count fits by both.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    let mut units = 0;
    let mut kept = 0;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > max {
            return if max == 0 { String::new() } else { format!("{}…", &text[..kept]) };
        }
        if units < max {
            kept = at + character.len_utf8();
        }
    }
    text.to_owned()
}

/// The text on one line: every run of white space and control characters is one space, none at the ends.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first line of a commit's message.
pub(crate) fn first_line(message: &str) -> String {
    one_line(message.trim_start().lines().next().unwrap_or_default())
}

/// The address, if it is one that a person can follow: `http` or `https`, without spaces or control characters, and not endless.
pub(crate) fn web_link(url: &str) -> Option<&str> {
    let is_web = ["http://", "https://"].iter().any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)));
    (is_web && url.len() <= 2_000 && !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"`".contains(c))).then_some(url)
}

#[cfg(test)]
mod tests;
