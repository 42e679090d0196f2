//! Which addresses are within reach.
#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_function_calls_nothing_of_its_own_machine_or_cloud() {
    let inside = [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:169.254.169.254",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
    ];
    for address in inside {
        assert!(!Reach::Outside.covers(address.parse().unwrap()), "{address}");
        assert!(Reach::Anywhere.covers(address.parse().unwrap()), "{address}");
    }
    for address in ["192.0.2.7", "10.1.2.3", "192.168.1.1", "2001:db8::1", "::ffff:192.0.2.7", "64:ff9b::c000:207"] {
        assert!(Reach::Outside.covers(address.parse().unwrap()), "{address}");
    }
}
