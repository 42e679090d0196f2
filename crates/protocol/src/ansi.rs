//! Text without what terminals take for orders: colours and the like would stand between the words that people look for.
//!
//! Source: ECMA-48, sections 5.3 to 5.6. Left out are control sequences, control strings (titles, links), other escapes, and control
//! characters but the tab.

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// The text of a line.
pub fn stripped(line: &[u8]) -> String {
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != 0x7f || *byte == b'\t';
    if line.iter().all(is_plain) {
        return String::from_utf8_lossy(line).into_owned();
    }
    let mut text = Vec::with_capacity(line.len());
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        at += match *byte {
            ESC => sequence(&line[at..]),
            byte => {
                if is_plain(&byte) {
                    text.push(byte);
                }
                1
            }
        };
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// How long the sequence is that `rest` begins with; one that never ends goes to the end of the line.
fn sequence(rest: &[u8]) -> usize {
    let ends = |from: usize, ends: &dyn Fn(usize, u8) -> Option<usize>| {
        rest.iter().enumerate().skip(from).find_map(|(at, byte)| ends(at, *byte)).unwrap_or(rest.len())
    };
    match rest.get(1) {
        None => 1,
        // A control sequence: parameters, then one final byte.
        Some(b'[') => ends(2, &|at, byte| match byte {
            b' '..=b'?' => None,
            b'@'..=b'~' => Some(at + 1),
            // Broken off by something else, which stays.
            _ => Some(at),
        }),
        // A control string, up to BEL or ESC and a backslash.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => ends(2, &|at, byte| match byte {
            BEL => Some(at + 1),
            ESC if rest.get(at + 1) == Some(&b'\\') => Some(at + 2),
            _ => None,
        }),
        // An escape of two bytes or more: intermediate bytes, then a final one.
        Some(b' '..=b'~') => ends(1, &|at, byte| if matches!(byte, b' '..=b'/') { None } else { Some(at + 1) }),
        Some(_) => 1,
    }
}

#[cfg(test)]
mod tests;
