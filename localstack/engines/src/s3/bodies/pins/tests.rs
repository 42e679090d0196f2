#![allow(clippy::unwrap_used)]

use super::*;

fn id(n: u8) -> FileId {
    FileId::from_slice(&[n; 16]).unwrap()
}

#[test]
fn a_removal_waits_for_the_last_reader() {
    let pins = Pins::default();
    pins.hold(&[id(1), id(2)]);
    pins.hold(&[id(1)]);

    assert!(pins.defers(id(1)));
    assert!(!pins.defers(id(3)), "nobody reads it");

    assert!(pins.release(&[id(1), id(2)]).is_empty(), "one reader is left, and nobody wants 2 removed");
    assert_eq!(pins.release(&[id(1)]), [id(1)]);
    assert!(!pins.defers(id(1)), "the removal goes through now");
}
