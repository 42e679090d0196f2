#![allow(clippy::unwrap_used)]
use std::collections::BTreeSet;

use super::*;

const OUTCOMES: [Outcome; 10] = [
    Outcome::Ok,
    Outcome::StepError,
    Outcome::JobTimeout,
    Outcome::StepTimeout,
    Outcome::ExecutorError,
    Outcome::ToolMissing,
    Outcome::AgentsGroupMissing,
    Outcome::Cancelled,
    Outcome::AgentLost,
    Outcome::SchemaError,
];

fn everything() -> Vec<Measure> {
    let mut all = vec![
        Measure::QueueWait { ms: 1500 },
        Measure::QueueWait { ms: 20 },
        Measure::AssignmentLatency { ms: 7 },
        Measure::AgentLost,
        Measure::EventsWaiting(12),
    ];
    all.extend(OUTCOMES.map(Measure::JobCompleted));
    all
}

/// The rules of the specification; gives the metrics of the line with the values of their dimensions.
fn valid(line: &str) -> Vec<(String, Vec<String>)> {
    assert!(!line.contains('\n') && line.len() < 1024 * 1024, "{line}");
    let line: Value = serde_json::from_str(line).unwrap();
    let members = line.as_object().unwrap();
    assert!(members["_aws"]["Timestamp"].is_u64());
    let mut found = Vec::new();
    for directive in members["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        assert_eq!(directive["Namespace"], NAMESPACE);
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()), "{line}");
        for set in directive["Dimensions"].as_array().unwrap() {
            let set = set.as_array().unwrap();
            assert!(set.len() <= 30);
            // Every dimension is a text member of the line, every metric a number or up to 100 of them.
            let values: Vec<String> = set.iter().map(|name| members[name.as_str().unwrap()].as_str().unwrap().to_owned()).collect();
            for metric in metrics {
                let name = metric["Name"].as_str().unwrap();
                assert!(["Seconds", "Milliseconds", "Count"].contains(&metric["Unit"].as_str().unwrap()), "{line}");
                match &members[name] {
                    Value::Number(_) => {}
                    Value::Array(numbers) => assert!((1..=100).contains(&numbers.len()) && numbers.iter().all(Value::is_number), "{line}"),
                    other => panic!("{name} is {other}"),
                }
                found.push((name.to_owned(), values.clone()));
            }
        }
    }
    found
}

#[test]
fn every_line_keeps_the_rules_of_the_format() {
    let lines = lines(&everything(), 1_800_000_000_000);
    assert_eq!(lines.len(), 6, "{lines:?}");
    for line in &lines {
        assert!(!valid(line).is_empty(), "{line}");
    }
    let first: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!((&first["QueueWait"], &first["AssignmentLatency"]), (&json!([1.5, 0.02]), &json!([7.0])));
}

#[test]
fn there_are_no_more_metrics_than_are_free() {
    let metrics: BTreeSet<_> = lines(&everything(), 0).iter().flat_map(|line| valid(line)).collect();
    assert_eq!(metrics.len(), 9, "{metrics:?}");
}

#[test]
fn many_values_are_several_lines() {
    let measures: Vec<Measure> = (0..250).map(|ms| Measure::QueueWait { ms }).collect();
    let lines = lines(&measures, 0);
    let counted: usize = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()["QueueWait"].as_array().unwrap().len()).sum();
    assert_eq!((lines.len(), counted), (3, 250));
    assert!(lines.iter().all(|line| !valid(line).is_empty()));
}

#[test]
fn nothing_is_said_of_nothing() {
    assert_eq!(lines(&[], 0), Vec::<String>::new());
}
