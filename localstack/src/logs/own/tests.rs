#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn lines_that_are_lost_are_told_of() {
    let now: Timestamp = "2026-10-01T10:00:00Z".parse().unwrap();
    let lines = b"{\"message\":\"it began\",\"level\":\"INFO\",\"target\":\"kraken_fn_scheduler\",\"run.id\":\"r\"}\n".to_vec();
    let entries = entries(&Taken { lines, dropped: 7 }, now);
    let [line, lost] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(
        (line.text.as_str(), line.source.service.as_str(), line.source.run.as_deref()),
        ("it began run.id=r", "scheduler", Some("r"))
    );
    assert_eq!((lost.level, lost.text.starts_with("7 lines")), (Level::Warn, true));
    assert!(super::entries(&Taken::default(), now).is_empty());
}
