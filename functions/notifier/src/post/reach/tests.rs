//! Which addresses are within reach.
#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_function_calls_nothing_of_its_own_machine_or_cloud() {
    let inside = ["127.0.0.1", "127.8.8.8", "0.0.0.0", "100.100.100.200", "::1", "::", "fd12:3456::1", "::ffff:127.0.0.1"];
    for address in inside {
        assert!(!Reach::Outside.covers(address.parse().unwrap()), "{address}");
        assert!(Reach::Anywhere.covers(address.parse().unwrap()), "{address}");
    }
    let nobodys = [
        "169.254.169.254",
        "169.254.170.2",
        "224.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ];
    for address in nobodys {
        assert!(!Reach::Outside.covers(address.parse().unwrap()), "{address}");
        assert!(!Reach::Anywhere.covers(address.parse().unwrap()), "also from a machine of one's own: {address}");
    }
    for address in ["192.0.2.7", "10.1.2.3", "192.168.1.1", "2001:db8::1", "::ffff:192.0.2.7", "64:ff9b::c000:207"] {
        assert!(Reach::Outside.covers(address.parse().unwrap()), "{address}");
    }
}
