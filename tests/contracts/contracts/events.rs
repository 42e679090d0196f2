//! The events in `docs/events.md` are as the code makes them.

use std::{collections::BTreeSet, path::PathBuf};

use kraken_domain::news::Event;
use serde_json::Value;

fn page() -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/events.md")).unwrap()
}

#[test]
fn every_example_is_an_event_and_every_kind_has_one() {
    let page = page();
    let examples = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut shown = BTreeSet::new();
    for example in examples {
        let example: Value = serde_json::from_str(example).unwrap();
        let detail = if example["detail"].is_object() {
            let heard: kraken_fn_notifier::Event = example.to_string().parse().unwrap();
            assert_eq!(example["detail"]["id"], heard.detail.id);
            assert_eq!(example["detail-type"], example["detail"]["event"]);
            &example["detail"]
        } else {
            &example
        };
        let event: Event = serde_json::from_value(detail.clone()).unwrap_or_else(|error| panic!("{detail}: {error}"));
        assert_eq!(serde_json::to_value(&event).unwrap(), *detail, "nothing is shown that is not there");
        assert_eq!(detail["event"], event.what.kind());
        assert!(event.id.contains(event.what.kind()), "{}", event.id);
        shown.insert(event.what.kind());
    }
    let listed: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).filter(|name| name.contains('.')).collect();
    assert_eq!(shown, listed);
    assert_eq!(shown.len(), 9);
}

#[test]
fn every_metric_is_listed() {
    let page = page();
    for metric in ["QueueWait", "AssignmentLatency", "JobsCompleted", "AgentsLost", "EventsWaiting"] {
        assert!(page.contains(&format!("| `{metric}` |")), "{metric}");
    }
    for outcome in ["ok", "error", "timeout", "cancelled", "agent_lost"] {
        assert!(page.contains(&format!("`{outcome}`")), "{outcome}");
    }
}
