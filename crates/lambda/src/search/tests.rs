#![allow(clippy::unwrap_used)]
use super::*;

fn region() -> Region {
    Region { name: "eu-central-1".into(), endpoint: None }
}

fn credentials() -> Credentials {
    Credentials::new("AK", "SK", None, None, "test")
}

#[test]
fn requests_are_signed_for_the_service_that_the_host_is_of() {
    let access = |address: &str| access(address, &region(), SharedCredentialsProvider::new(credentials()));
    assert!(
        matches!(access("https://search-kraken-x.eu-central-1.es.amazonaws.com"), Access::Domain { region, .. } if region == "eu-central-1")
    );
    assert!(matches!(access("https://abc.eu-central-1.aoss.amazonaws.com"), Access::Collection { .. }));
    for other in ["https://search.example.com/es.amazonaws.com", "http://127.0.0.1:9200", "https://es.amazonaws.com.example.com"] {
        assert!(matches!(access(other), Access::Open), "{other}");
    }
}

#[test]
fn there_may_be_none_and_nonsense_is_named() {
    assert!(open("none", None, &region(), credentials()).unwrap().is_none());
    for password in [None, Some("/kraken/search")] {
        let error = open("search.example.com", password, &region(), credentials()).unwrap_err().to_string();
        assert!(error.contains("KRAKEN_SEARCH") && error.contains("search.example.com"), "{error}");
    }
}
