//! Which crate may know which. An edge that is not in the table is a design change: make it one on purpose.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Crate → the crates of the house that it may use, tests apart.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kraken-domain", &[]),
    ("kraken-workflow", &["kraken-domain"]),
    ("kraken-githosts", &["kraken-domain"]),
    ("kraken-repos", &[]),
    ("kraken-jq", &[]),
    ("kraken-protocol", &["kraken-domain"]),
    ("kraken-tool", &["kraken-protocol", "kraken-jq"]),
    ("kraken-agent", &["kraken-domain", "kraken-workflow", "kraken-protocol", "kraken-serve"]),
    ("kraken-store", &["kraken-domain"]),
    ("kraken-cloud", &["kraken-domain"]),
    ("kraken-search", &[]),
    (
        "kraken-control",
        &[
            "kraken-domain",
            "kraken-workflow",
            "kraken-githosts",
            "kraken-repos",
            "kraken-protocol",
            "kraken-store",
            "kraken-cloud",
            "kraken-search",
        ],
    ),
    ("kraken-serve", &[]),
    (
        "kraken-lambda",
        &["kraken-repos", "kraken-protocol", "kraken-cloud", "kraken-search", "kraken-control", "kraken-serve", "kraken-store"],
    ),
    (
        "kraken-fn-api",
        &[
            "kraken-domain",
            "kraken-workflow",
            "kraken-protocol",
            "kraken-store",
            "kraken-cloud",
            "kraken-search",
            "kraken-control",
            "kraken-lambda",
        ],
    ),
    ("kraken-fn-planner", &["kraken-domain", "kraken-control", "kraken-lambda"]),
    ("kraken-fn-scheduler", &["kraken-domain", "kraken-control", "kraken-lambda"]),
    ("kraken-fn-watchdog", &["kraken-domain", "kraken-control", "kraken-lambda"]),
    ("kraken-fn-results", &["kraken-domain", "kraken-control", "kraken-lambda"]),
    ("kraken-fn-indexer", &["kraken-domain", "kraken-protocol", "kraken-store", "kraken-cloud", "kraken-search", "kraken-lambda"]),
    ("kraken-fn-notifier", &["kraken-domain", "kraken-githosts", "kraken-control", "kraken-lambda"]),
    ("kraken-engines", &["kraken-search"]),
    ("kraken-opensearch", &[]),
    ("kraken-web", &[]),
    (
        "kraken-localstack",
        &[
            "kraken-domain",
            "kraken-protocol",
            "kraken-repos",
            "kraken-store",
            "kraken-cloud",
            "kraken-control",
            "kraken-serve",
            "kraken-engines",
            "kraken-fn-api",
            "kraken-fn-planner",
            "kraken-fn-scheduler",
            "kraken-fn-watchdog",
            "kraken-fn-indexer",
            "kraken-search",
            "kraken-fn-results",
            "kraken-fn-notifier",
            "kraken-web",
        ],
    ),
    // The command line talks to servers through the public API alone; `up` and `run` start the parts themselves.
    (
        "kraken-cli",
        &[
            "kraken-domain",
            "kraken-workflow",
            "kraken-jq",
            "kraken-protocol",
            "kraken-agent",
            "kraken-localstack",
            "kraken-serve",
            "kraken-lambda",
        ],
    ),
];

/// Crates that may use anything: they test or measure the whole.
const ABOVE_ALL: &[&str] = &["kraken-harness", "kraken-scenarios", "kraken-e2e", "kraken-contracts", "kraken-benches", "kraken-cost"];

/// Crates outside the house that only one crate of it may use, because hiding them is what it is for.
const HIDDEN: &[(&str, &[&str])] = &[
    ("aws-sdk-dynamodb", &["kraken-store", "kraken-engines", "kraken-lambda"]),
    ("aws-sdk-eventbridge", &["kraken-cloud", "kraken-engines", "kraken-lambda", "kraken-harness"]),
    ("aws-sdk-sqs", &["kraken-cloud", "kraken-engines", "kraken-agent", "kraken-lambda"]),
    ("aws-sdk-s3", &["kraken-cloud", "kraken-engines", "kraken-agent", "kraken-lambda"]),
    ("aws-sdk-ssm", &["kraken-cloud", "kraken-lambda"]),
    ("aws-sdk-sts", &["kraken-cloud", "kraken-lambda"]),
    ("dynoxide-rs", &["kraken-engines"]),
    ("opensearch", &["kraken-search"]),
    ("starlark", &["kraken-workflow"]),
    ("gix-pack", &["kraken-repos"]),
    ("minijinja", &["kraken-workflow"]),
];

/// Crates that must stay pure: nothing that does I/O, waits, or reads a clock by itself.
const PURE: &[&str] = &["kraken-domain", "kraken-workflow", "kraken-protocol", "kraken-githosts"];
const IMPURE: &[&str] = &["tokio", "reqwest", "hyper", "axum", "rusqlite", "aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-sqs", "getrandom"];

fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().other_options(vec!["--offline".to_owned()]).exec().unwrap();
    let normal = |package: &cargo_metadata::Package| {
        package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal).map(|d| d.name.clone()).collect::<BTreeSet<_>>()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), normal(package))).collect()
}

#[test]
fn every_crate_knows_only_the_layers_below() {
    let mut wrong = Vec::new();
    for (name, dependencies) in edges() {
        if ABOVE_ALL.contains(&name.as_str()) {
            continue;
        }
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} is not in the table of layers"));
            continue;
        };
        let forbidden = dependencies.iter().filter(|d| d.starts_with("kraken-") && !allowed.contains(&d.as_str()));
        wrong.extend(forbidden.map(|d| format!("{name} must not know {d}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_crate_hides_nobody_else_uses() {
    let mut wrong = Vec::new();
    for (name, dependencies) in edges() {
        let forbidden = HIDDEN.iter().filter(|(hidden, users)| dependencies.contains(*hidden) && !users.contains(&name.as_str()));
        wrong.extend(forbidden.map(|(hidden, users)| format!("{name} must not use {hidden}: that is for {}", users.join(", "))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_crates_stay_pure() {
    let edges = edges();
    for name in PURE {
        let impure: Vec<_> = edges[*name].iter().filter(|d| IMPURE.contains(&d.as_str())).collect();
        assert!(impure.is_empty(), "{name} is pure: it must not use {impure:?}");
    }
}
