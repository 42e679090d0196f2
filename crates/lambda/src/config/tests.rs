#![allow(clippy::unwrap_used)]
use std::collections::HashMap;

use super::*;

fn whole() -> HashMap<&'static str, &'static str> {
    HashMap::from([
        ("KRAKEN_TABLE", "kraken"),
        ("KRAKEN_BUCKET", "data"),
        ("KRAKEN_QUEUE_SCHEDULER", "https://sqs.example/1/kraken-scheduler.fifo"),
        ("KRAKEN_QUEUE_RESULTS", "https://sqs.example/1/kraken-results.fifo"),
        ("KRAKEN_AGENT_ROLE", "arn:aws:iam::123456789012:role/agents"),
        ("AWS_REGION", "eu-central-1"),
    ])
}

fn read(environment: &HashMap<&'static str, &'static str>) -> Result<Config, String> {
    Config::read(|name| environment.get(name).map(|value| (*value).to_owned())).map_err(|error| error.to_string())
}

#[test]
fn a_whole_environment_is_read() {
    let config = read(&whole()).unwrap();
    assert_eq!((config.table.as_str(), config.bucket.as_str(), config.region.as_str()), ("kraken", "data", "eu-central-1"));
    assert_eq!(config.queues[1], (Topic::Results, "https://sqs.example/1/kraken-results.fifo".to_owned()));
    assert_eq!((config.agent_role.as_deref(), config.endpoint), (Some("arn:aws:iam::123456789012:role/agents"), None));
}

#[test]
fn what_is_missing_is_named() {
    for name in ["KRAKEN_TABLE", "KRAKEN_BUCKET", "KRAKEN_QUEUE_SCHEDULER", "KRAKEN_QUEUE_RESULTS", "AWS_REGION"] {
        for nothing in [None, Some("")] {
            let mut environment = whole();
            environment.remove(name);
            environment.extend(nothing.map(|value| (name, value)));
            assert_eq!(read(&environment).unwrap_err(), format!("the environment variable {name} is not set: deploy the function again"));
        }
    }
}

#[test]
fn what_makes_no_sense_is_named_with_what_was_expected() {
    for (name, value, expected) in [
        ("KRAKEN_QUEUE_SCHEDULER", "kraken-scheduler.fifo", "a URL"),
        ("AWS_ENDPOINT_URL", "localhost:4566", "a URL"),
        ("KRAKEN_PUBLIC_URL", "ci.example.com", "a URL"),
        ("KRAKEN_AGENT_ROLE", "agents", "the ARN of a role"),
        ("KRAKEN_AGENT_ROLE", "arn:aws:s3:::bucket", "the ARN of a role"),
        ("KRAKEN_METRICS", "yes", "on or off"),
    ] {
        let mut environment = whole();
        environment.insert(name, value);
        assert_eq!(read(&environment).unwrap_err(), format!("the environment variable {name} is {value:?}: expected {expected}"));
    }
}

#[test]
fn only_who_tells_the_bus_knows_it_and_metrics_are_off_unless_said_otherwise() {
    let mut environment = whole();
    let config = Config::read(|name| environment.get(name).map(|value| (*value).to_owned())).unwrap();
    assert_eq!((config.bus, config.metrics), (None, false));
    environment.extend([("KRAKEN_BUS", "kraken"), ("KRAKEN_METRICS", "on")]);
    let config = read(&environment).unwrap();
    assert_eq!((config.bus.as_deref(), config.metrics), (Some("kraken"), true));
}

#[test]
fn links_lead_to_where_the_deployment_says_that_the_pages_are() {
    let mut environment = whole();
    assert_eq!(read(&environment).unwrap().public_url, None);
    environment.insert("KRAKEN_PUBLIC_URL", "https://ci.example.com/");
    assert_eq!(read(&environment).unwrap().public_url.as_deref(), Some("https://ci.example.com"));
}

#[test]
fn a_function_that_lets_no_agents_in_needs_no_role() {
    let mut environment = whole();
    environment.remove("KRAKEN_AGENT_ROLE");
    assert_eq!(read(&environment).unwrap().agent_role, None);
}

/// The deployment's side of the contract; its own tests hold the templates to the same file.
fn deployed(function: &str) -> Vec<(String, bool)> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/contract/environment.json");
    let contract: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let variables = contract["functions"][function].as_array().unwrap();
    variables.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["required"].as_bool().unwrap())).collect()
}

#[test]
fn what_is_read_is_what_the_deployment_sets() {
    for function in ["api", "planner", "scheduler", "watchdog", "results", "notifier"] {
        let set = deployed(function);
        for variable in Variable::REQUIRED {
            assert!(set.contains(&(variable.name().to_owned(), true)), "{function} gets no {}", variable.name());
        }
        let searches = set.contains(&(Variable::Search.name().to_owned(), true));
        assert_eq!(searches, ["api", "watchdog"].contains(&function), "{function}");
        assert_eq!(set.contains(&(Variable::SearchPassword.name().to_owned(), false)), searches, "{function}");
        let lets_agents_in = set.contains(&(Variable::AgentRole.name().to_owned(), true));
        assert_eq!(lets_agents_in, function == "api", "{function}");
        let seals = set.contains(&(Variable::SealingKey.name().to_owned(), true));
        assert_eq!(seals, ["api", "notifier", "planner", "results", "watchdog"].contains(&function), "{function}");
        assert_eq!(set.contains(&(Variable::SealingKmsKey.name().to_owned(), false)), seals, "{function}");
        let links = set.contains(&(Variable::PublicUrl.name().to_owned(), false));
        assert_eq!(links, ["api", "notifier"].contains(&function), "{function}");
        let tells = set.contains(&(Variable::Bus.name().to_owned(), true));
        assert_eq!(tells, ["results", "watchdog"].contains(&function), "{function}");
        let measures = set.contains(&(Variable::Metrics.name().to_owned(), true));
        // Whoever assigns jobs tells how long they waited; the notifier alone does not.
        assert_eq!(measures, function != "notifier", "{function}");
    }
}
