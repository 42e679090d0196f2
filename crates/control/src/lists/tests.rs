//! Filters are read strictly: who misspells a state is told which there are.
#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn names_are_separated_by_commas() {
    let filter = JobFilter::new(Some("queued, running,"), Some("ok")).unwrap();
    assert_eq!(filter, JobFilter { states: vec!["queued", "running"], outcomes: vec![Outcome::Ok] });
    assert!(JobFilter::new(None, Some("")).unwrap().wants_all());
}

#[test]
fn error_stands_for_all_that_are_not_ok() {
    let filter = JobFilter::new(None, Some("error")).unwrap();
    assert_eq!(filter.outcomes.len(), Outcome::ALL.len() - 1);
    assert!(!filter.outcomes.contains(&Outcome::Ok));
}

#[test]
fn an_unknown_name_is_refused_with_those_that_there_are() {
    let said = JobFilter::new(Some("done"), None).unwrap_err().to_string();
    assert_eq!(said, "\"done\" is not a job's state: expected queued, assigned, running, finished, completed");
    let said = JobFilter::new(None, Some("failed")).unwrap_err().to_string();
    assert!(
        said.starts_with("\"failed\" is not an outcome: expected ok, step_error, ") && said.ends_with("error for all but ok"),
        "{said}"
    );
}
