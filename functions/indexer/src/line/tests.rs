#![allow(clippy::unwrap_used)]
use serde_json::json;

use super::*;

const JOB: &str = "01j9zqk3v5w8x2y4t6r7n0m1pb-2-13";

fn at() -> Timestamp {
    "2026-10-01T10:00:00Z".parse().unwrap()
}

fn read(line: &serde_json::Value, writer: &Writer) -> Entry {
    entry(line.to_string().as_bytes(), writer, at())
}

#[test]
fn a_line_brings_its_time_its_level_its_ids_and_its_words() {
    let line = json!({
        "timestamp": "2026-10-01T09:59:59.5Z", "level": "WARN", "target": "kraken_control::reconcile", "message": "a job was lost",
        "agent.id": "a1", "job.id": JOB, "tries": 3, "span": {"name": "x"}, "spans": [{"name": "request", "project.id": "p1", "service": "api"}],
    });
    let entry = read(&line, &Writer::default());
    assert_eq!((entry.time, entry.level), ("2026-10-01T09:59:59.5Z".parse().unwrap(), Level::Warn));
    assert_eq!(entry.text, format!("a job was lost agent.id=a1 job.id={JOB} tries=3"));
    let source = &*entry.source;
    let said = (source.service.as_str(), source.project.as_deref(), source.agent.as_deref(), source.job.as_deref());
    assert_eq!(said, ("api", Some("p1"), Some("a1"), Some(JOB)));
    assert_eq!(source.run.as_deref(), JOB.strip_suffix("-13"), "a job's id holds its run's");
    assert_eq!(source.flow.as_deref(), JOB.strip_suffix("-2-13"));
}

#[test]
fn the_nearest_id_holds_and_who_wrote_it_is_certain() {
    let line = json!({"message": "x", "level": "TRACE", "agent.id": "other", "service": "forged",
        "spans": [{"run.id": "outer"}, {"run.id": "inner"}]});
    let entry = read(&line, &Writer { service: Some("agent".into()), agent: Some("me".into()) });
    assert_eq!((entry.source.service.as_str(), entry.source.agent.as_deref()), ("agent", Some("me")));
    assert_eq!((entry.source.run.as_deref(), entry.level, entry.time), (Some("inner"), Level::Debug, at()));
}

#[test]
fn a_process_of_many_programs_is_told_by_targets() {
    for (target, service) in
        [("kraken_fn_scheduler", "scheduler"), ("kraken_control::flows", "control"), ("hyper::proto", "hyper"), ("", "kraken")]
    {
        assert_eq!(read(&json!({"message": "x", "target": target}), &Writer::default()).source.service, service);
    }
}

#[test]
fn what_is_no_such_object_is_text() {
    for line in ["thread 'main' panicked", "[1]", "{\"type\": \"platform.start\"}", "{"] {
        let entry = entry(line.as_bytes(), &Writer { service: Some("api".into()), agent: None }, at());
        assert_eq!((entry.text.as_str(), entry.time, entry.source.service.as_str()), (line, at(), "api"));
    }
}
