//! Tabs between the words of the code, which Python allows and Starlark refuses, become spaces; those in texts stay.

/// How far apart Python sees the tab stops at the start of a line.
const TAB_STOP: usize = 8;

/// `source` without tabs outside of texts and comments, and without a byte order mark.
pub(super) fn to_spaces(source: &str) -> String {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    if !source.contains('\t') {
        return source.to_owned();
    }
    let mut out = String::with_capacity(source.len() + 64);
    let mut rest = source;
    let mut indent = Some(0_usize);
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' | '\'' => text_length(rest, c),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            _ => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        match (c, indent) {
            ('\n', _) => {
                indent = Some(0);
                out.push('\n');
            }
            (' ', Some(width)) => {
                indent = Some(width + 1);
                out.push(' ');
            }
            ('\t', Some(width)) => {
                let stop = (width / TAB_STOP + 1) * TAB_STOP;
                out.extend(std::iter::repeat_n(' ', stop - width));
                indent = Some(stop);
            }
            ('\t', None) => out.push(' '),
            _ => {
                indent = None;
                out.push_str(piece);
            }
        }
    }
    out
}

/// The length in bytes of the text in quotes that `rest` starts with; to the end of the line where it is not closed.
fn text_length(rest: &str, quote: char) -> usize {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let (open, close, multiline) = if rest.starts_with(&triple) { (3, triple, true) } else { (1, quote.to_string(), false) };
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(open) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if rest[at..].starts_with(&close) {
            return at + close.len();
        } else if c == '\n' && !multiline {
            return at;
        }
    }
    rest.len()
}
