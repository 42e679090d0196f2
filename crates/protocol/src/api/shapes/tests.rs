//! What the document says of a record is what the record is.
#![allow(clippy::unwrap_used)]

use kraken_domain::{change, step};
use serde_json::{Value, json};

use super::*;

/// The record with every field filled in, read and written again by its shape.
fn through<T: Serialize + for<'de> Deserialize<'de>>(record: &impl Serialize) -> (Value, Value) {
    let written = serde_json::to_value(record).unwrap();
    let shape: T = serde_json::from_value(written.clone()).unwrap();
    (written, serde_json::to_value(shape).unwrap())
}

#[test]
fn a_step_has_its_shape() {
    let step: step::Step = serde_json::from_value(json!({
        "name": "build", "tool": "shell", "status": "error", "started_at": "2026-01-01T00:00:00Z", "finished_at": "2026-01-01T00:00:01Z",
        "retcode": 2, "message": "why", "attempts": 3,
    }))
    .unwrap();
    let (written, again) = through::<StepView>(&step);
    assert_eq!(written, again);
    assert_eq!(written.as_object().unwrap().len(), 8);
    let (written, again) = through::<StepView>(&step::Step::new("build", "shell"));
    assert_eq!(written, again);
}

#[test]
fn a_change_in_a_few_words_has_its_shape() {
    let brief = change::ChangeBrief {
        trigger: "github-push".to_owned(),
        repo: "https://example.org/a.git".to_owned(),
        branch: "main".to_owned(),
        before: Some("1".repeat(40)),
        after: Some("2".repeat(40)),
        subject: Some("why".to_owned()),
        commits: 3,
        by: Some("ada".to_owned()),
        url: Some("https://example.org/a".to_owned()),
        pull_request: Some(7),
        target_branch: Some("main".to_owned()),
        from_fork: true,
        others: 1,
    };
    let (written, again) = through::<ChangeBrief>(&brief);
    assert_eq!(written, again);
    let (written, again) = through::<ChangeBrief>(&change::ChangeBrief::default());
    assert_eq!(written, again);
}
