use super::*;

#[test]
fn addresses_where_clouds_keep_credentials_are_reached_from_nowhere() {
    let never = [
        "169.254.169.254",
        "169.254.170.2",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fe80::1",
        "fd00:ec2::254",
    ];
    for address in never {
        for reach in [Reach::Outside, Reach::Loopback, Reach::Machine] {
            assert!(!reach.allows(address.parse().expect("it is an address")), "{address} from {reach:?}");
        }
    }
}

#[test]
fn this_machine_is_reached_only_where_the_home_is_one_machine() {
    for address in ["127.0.0.1", "127.8.8.8", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1"] {
        let address = address.parse().expect("it is an address");
        assert!(!Reach::Outside.allows(address), "{address}");
        assert!(Reach::Loopback.allows(address) && Reach::Machine.allows(address), "{address}");
    }
}

#[test]
fn other_machines_are_reached() {
    for address in ["140.82.121.4", "10.0.0.7", "192.168.1.1", "2606:50c0:8000::153", "fd12:3456::1"] {
        assert!(Reach::Outside.allows(address.parse().expect("it is an address")), "{address}");
    }
}
