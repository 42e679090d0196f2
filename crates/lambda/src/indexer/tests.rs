#![allow(clippy::unwrap_used)]
use std::collections::HashMap;

use super::*;

fn whole() -> HashMap<&'static str, &'static str> {
    HashMap::from([
        ("KRAKEN_TABLE", "kraken"),
        ("KRAKEN_BUCKET", "data"),
        ("KRAKEN_SEARCH", "https://search.example.com"),
        ("KRAKEN_SEARCH_DAYS", "30"),
        ("AWS_REGION", "eu-central-1"),
    ])
}

fn read(environment: &HashMap<&'static str, &'static str>) -> Result<IndexerConfig, String> {
    IndexerConfig::read(|name| environment.get(name).map(|value| (*value).to_owned())).map_err(|error| error.to_string())
}

#[test]
fn a_whole_environment_is_read_and_what_is_missing_is_named() {
    let config = read(&whole()).unwrap();
    assert_eq!((config.search.as_str(), config.days, config.region.endpoint), ("https://search.example.com", 30, None));
    assert_eq!(config.password, None);
    let mut environment = whole();
    environment.insert("KRAKEN_SEARCH_PASSWORD_PARAMETER", "/kraken/search");
    assert_eq!(read(&environment).unwrap().password.as_deref(), Some("/kraken/search"));
    for name in whole().into_keys() {
        let mut environment = whole();
        environment.remove(name);
        assert!(read(&environment).unwrap_err().contains(name));
    }
}

#[test]
fn days_are_a_number() {
    for wrong in ["0", "-1", "a month"] {
        let mut environment = whole();
        environment.insert("KRAKEN_SEARCH_DAYS", wrong);
        assert!(read(&environment).unwrap_err().contains("a number of days"), "{wrong}");
    }
}

/// The deployment's side of the contract.
#[test]
fn what_is_read_is_what_the_deployment_sets() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/contract/environment.json");
    let contract: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let set: Vec<&str> = contract["functions"]["indexer"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let read = whole().into_keys().chain(["KRAKEN_SEARCH_PASSWORD_PARAMETER"]);
    for name in read.filter(|name| name.starts_with("KRAKEN_")) {
        assert!(set.contains(&name), "the indexer gets no {name}");
    }
}
