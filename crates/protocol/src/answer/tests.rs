#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn bytes_are_counted_as_json_has_them() {
    let text: String = (0..0x300).filter_map(char::from_u32).collect();
    let once = serde_json::to_string(&text).unwrap();
    assert_eq!(escaped_bytes(text.as_bytes()) + 2, once.len());
    let twice = serde_json::to_string(&once).unwrap();
    // The quotes of the inner text are escaped, those of the outer one are not.
    assert_eq!(escaped_twice_bytes(text.as_bytes()) + 2 * 2 + 2, twice.len());
}
