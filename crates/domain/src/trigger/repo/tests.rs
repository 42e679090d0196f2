#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;
use crate::trigger::Look;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn head(url: &str) -> RepoHead {
    RepoHead { url: url.into(), branch: "main".into(), head: None }
}

fn trigger(urls: &[&str]) -> Trigger {
    let rule = Rule::Repo { repos: urls.iter().map(|url| head(url)).collect(), every_s: 300, git_cfg: BTreeMap::new(), credentials: None };
    let [stage, branch, project] = ["01JC", "01JB", "01JA"].map(|id| format!("{id}ZZZZZZZZZZZZZZZZZZZZZZ"));
    Trigger::new(stage.parse().unwrap(), branch.parse().unwrap(), project.parse().unwrap(), rule, at("2026-01-01T00:00:00Z"))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_first_look_only_remembers() {
    let (first, now) = (trigger(&["a", "b"]), at("2026-01-01T00:00:10Z"));
    let next = first.seen(first.since, now, &[some("1"), some("2")], None);
    assert_eq!((next.found.as_ref(), next.due), (None, Some(at("2026-01-01T00:05:00Z"))));
    let heads: Vec<_> = next.repos().iter().map(|repo| repo.head.as_deref()).collect();
    assert_eq!(heads, [Some("1"), Some("2")]);
}

#[test]
fn what_is_new_stays_due_until_it_was_dealt_with() {
    let (first, now) = (trigger(&["a", "b"]), at("2026-01-01T00:05:01Z"));
    let known = first.seen(first.since, first.since, &[some("1"), some("2")], None);
    let due = known.due.unwrap();
    let found = known.seen(due, now, &[some("1"), some("3")], None);
    assert_eq!(found.look(now), Look::Fire { due });
    assert_eq!(found.news(), [News { url: "b", branch: "main", before: "2", after: "3" }]);
    let done = found.after(due, now, None, false);
    assert_eq!((done.found.as_ref(), done.repos()[1].head.as_deref()), (None, Some("3")));
    assert_eq!(done.due, Some(at("2026-01-01T00:10:00Z")));
    assert!(done.news().is_empty());
}

#[test]
fn two_findings_are_two_starts_and_one_is_one() {
    let first = trigger(&["a"]);
    let known = first.seen(first.since, first.since, &[some("1")], None);
    let (one, other) = (at("2026-01-01T00:05:01Z"), at("2026-01-01T00:05:02Z"));
    let due = known.due.unwrap();
    let found = known.seen(due, one, &[some("2")], None);
    assert_eq!(found.once(due), found.clone().once(due));
    assert_ne!(found.once(due), known.seen(due, other, &[some("3")], None).once(due));
}

#[test]
fn what_could_not_be_seen_keeps_its_commit_and_is_looked_at_less_and_less_often() {
    let first = trigger(&["a"]);
    let mut known = first.seen(first.since, first.since, &[some("1")], None);
    let mut pauses = Vec::new();
    for _ in 0..7 {
        let now = known.due.unwrap();
        known = known.seen(now, now, &[None], some("it is away"));
        pauses.push(known.due.unwrap().duration_since(now).as_mins());
    }
    assert_eq!(pauses, [5, 10, 20, 40, 60, 60, 60]);
    assert_eq!((known.repos()[0].head.as_deref(), known.trouble.as_ref().unwrap().times), (Some("1"), 7));
    let now = known.due.unwrap();
    let back = known.seen(now, now, &[some("2")], None);
    assert_eq!((back.trouble.as_ref(), back.news().len()), (None, 1));
}

#[test]
fn a_look_in_between_puts_off_no_later_one() {
    let source = Rule::Source { repo: head("a"), file: "ci/build.star".into(), every_s: 600, credentials: None };
    let first = trigger(&["a"]).with_rule(source, at("2026-01-01T00:00:00Z"));
    assert_eq!(first.due, Some(at("2026-01-01T00:10:00Z")));
    let between = first.read_source(at("2026-01-01T00:03:00Z"), some("1"), None);
    assert_eq!((between.due, between.repos()[0].head.as_deref()), (first.due, Some("1")));
    let problems = vec![CodeProblem { path: String::new(), line: Some(2), message: "no".into() }];
    let wrong = between.read_source(at("2026-01-01T00:10:01Z"), some("2"), Some(("it is wrong".into(), problems)));
    assert_eq!(wrong.due, Some(at("2026-01-01T00:20:00Z")), "whoever mends it is not to wait");
}

#[test]
fn one_repository_that_is_away_holds_up_no_other() {
    let first = trigger(&["a", "b"]);
    let known = first.seen(first.since, first.since, &[some("1"), some("1")], None);
    let now = known.due.unwrap();
    let found = known.seen(now, now, &[None, some("2")], some("a is away"));
    assert_eq!(found.news().len(), 1);
    let done = found.after(now, now, None, false);
    assert_eq!(done.repos()[0].head.as_deref(), Some("1"));
}

#[test]
fn one_repository_that_is_away_for_good_puts_off_no_look_at_the_others() {
    let first = trigger(&["a", "b"]);
    let mut known = first.seen(first.since, first.since, &[some("1"), some("1")], None);
    for _ in 0..7 {
        let now = known.due.unwrap();
        known = known.seen(now, now, &[None, some("1")], some("a is away"));
        assert_eq!(known.due.unwrap().duration_since(now).as_mins(), 5);
    }
    assert!(known.trouble.is_some(), "it is said all the same");
}

fn edited(of: &Trigger, urls: &[&str]) -> Trigger {
    let repos = urls.iter().map(|url| head(url)).collect();
    let rule = Rule::Repo { repos, every_s: 600, git_cfg: BTreeMap::new(), credentials: None };
    of.with_rule(rule, at("2026-01-01T00:04:00Z"))
}

#[test]
fn commits_that_come_while_a_trigger_is_edited_are_new_afterwards() {
    let first = trigger(&["a", "b"]);
    let known = first.seen(first.since, first.since, &[some("1"), some("2")], None);
    let next = edited(&known, &["b", "c"]);
    let heads: Vec<_> = next.repos().iter().map(|repo| repo.head.as_deref()).collect();
    assert_eq!(heads, [Some("2"), None]);
    let now = next.due.unwrap();
    let found = next.seen(now, now, &[some("3"), some("1")], None);
    assert_eq!(found.news(), [News { url: "b", branch: "main", before: "2", after: "3" }]);
}

#[test]
fn what_was_found_before_an_edit_starts_once_as_it_would_have() {
    let first = trigger(&["a", "b"]);
    let known = first.seen(first.since, first.since, &[some("1"), some("2")], None);
    let due = known.due.unwrap();
    let found = known.seen(due, due, &[some("1"), some("3")], None);
    let next = edited(&found, &["b", "a"]);
    assert_eq!((next.news(), next.once(due)), (found.news(), found.once(due)));
    assert_eq!(edited(&found, &["a"]).found, None, "the repository with the new commit is looked at no more");
}
