#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn trigger(rule: Rule, now: Timestamp) -> Trigger {
    let project: ProjectId = "01JAZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap();
    let branch: BranchId = "01JBZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap();
    Trigger::new("01JCZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap(), branch, project, rule, now)
}

fn cron(rule: &str) -> Rule {
    Rule::Cron { rule: rule.into(), zone: "UTC".into() }
}

#[test]
fn an_interval_is_counted_from_its_beginning_whenever_somebody_looks() {
    let every = trigger(Rule::Interval { every_s: 600 }, at("2026-01-01T00:03:00Z"));
    assert_eq!(every.due, Some(at("2026-01-01T00:13:00Z")));
    assert_eq!(every.look(at("2026-01-01T00:12:59Z")), Look::Wait);
    let now = at("2026-01-01T00:13:47Z");
    assert_eq!(every.look(now), Look::Fire { due: at("2026-01-01T00:13:00Z") });
    let next = every.after(at("2026-01-01T00:13:00Z"), now, None, false);
    assert_eq!(next.due, Some(at("2026-01-01T00:23:00Z")), "no drift");
}

#[test]
fn what_was_missed_comes_once() {
    let every = trigger(Rule::Interval { every_s: 600 }, at("2026-01-01T00:00:00Z"));
    let now = at("2026-01-01T05:34:00Z");
    assert_eq!(every.look(now), Look::Fire { due: at("2026-01-01T05:30:00Z") });
    let next = every.after(at("2026-01-01T05:30:00Z"), now, None, false);
    assert_eq!((next.due, next.look(now)), (Some(at("2026-01-01T05:40:00Z")), Look::Wait));
}

#[test]
fn what_is_more_than_an_hour_late_is_skipped() {
    let daily = trigger(cron("0 3 * * *"), at("2026-01-01T12:00:00Z"));
    assert_eq!(daily.look(at("2026-01-02T04:00:00Z")), Look::Fire { due: at("2026-01-02T03:00:00Z") });
    let now = at("2026-01-02T04:00:01Z");
    assert_eq!(daily.look(now), Look::Skip { due: at("2026-01-02T03:00:00Z") });
    let next = daily.after(at("2026-01-02T03:00:00Z"), now, None, true);
    assert_eq!(next.due, Some(at("2026-01-03T03:00:00Z")));
    assert!(next.last.unwrap().skipped);
}

#[test]
fn a_date_comes_once_and_one_that_has_passed_never() {
    let once = trigger(Rule::Date { at: at("2026-01-02T00:00:00Z") }, at("2026-01-01T00:00:00Z"));
    let now = at("2026-01-02T00:00:30Z");
    let Look::Fire { due } = once.look(now) else { panic!("it is due") };
    assert_eq!(once.after(due, now, None, false).due, None);
    assert_eq!(trigger(Rule::Date { at: at("2025-01-01T00:00:00Z") }, now).due, None);
}

#[test]
fn a_repository_is_looked_at_at_once_and_however_late() {
    let repos = vec![RepoHead { url: "https://git.example/a".into(), branch: "main".into(), head: None }];
    let repo = trigger(Rule::Repo { repos, every_s: 300, git_cfg: BTreeMap::new(), credentials: None }, at("2026-01-01T00:00:00Z"));
    assert_eq!(repo.look(at("2026-01-01T00:00:00Z")), Look::Fire { due: at("2026-01-01T00:00:00Z") });
    assert_eq!(repo.look(at("2026-03-01T00:00:00Z")), Look::Fire { due: at("2026-01-01T00:00:00Z") });
}

#[test]
fn a_rule_that_is_saved_again_goes_on_and_a_new_one_begins_anew() {
    let daily = trigger(cron("0 3 * * *"), at("2026-01-01T12:00:00Z"));
    let later = at("2026-01-05T12:00:00Z");
    assert_eq!(daily.with_rule(cron("0 3 * * *"), later), daily);
    let changed = daily.with_rule(cron("0 4 * * *"), later);
    assert_eq!((changed.since, changed.due), (later, Some(at("2026-01-06T04:00:00Z"))));

    let head = |commit: Option<&str>| Rule::Repo {
        repos: vec![RepoHead { url: "https://git.example/a".into(), branch: "main".into(), head: commit.map(str::to_owned) }],
        every_s: 300,
        git_cfg: BTreeMap::new(),
        credentials: None,
    };
    let seen = trigger(head(Some("aa11")), later);
    assert_eq!(seen.with_rule(head(None), later), seen, "what was seen is kept");
}

fn rules() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (1_u64..1_000_000).prop_map(|every_s| Rule::Interval { every_s }),
        (0_i64..3_000_000).prop_map(|at| Rule::Date { at: Timestamp::from_second(at).unwrap() }),
        (0_u32..60, 0_u32..24).prop_map(|(minute, hour)| cron(&format!("{minute} {hour} * * *"))),
        (1_u32..60).prop_map(|step| cron(&format!("*/{step} * * * *"))),
    ]
}

proptest! {
    /// However irregularly somebody looks: times only go forward, none comes twice, nothing starts that is over an hour late.
    #[test]
    fn no_time_comes_twice(rule in rules(), pauses in proptest::collection::vec(0_i64..200_000, 1..40)) {
        let mut now = Timestamp::from_second(1_000).unwrap();
        let mut trigger = trigger(rule, now);
        let mut newest = None;
        for pause in pauses {
            now = now.checked_add(SignedDuration::from_secs(pause)).unwrap();
            let (due, skipped) = match trigger.look(now) {
                Look::Wait => continue,
                Look::Fire { due } => (due, false),
                Look::Skip { due } => (due, true),
            };
            prop_assert!(due <= now && newest.is_none_or(|newest| newest < due));
            prop_assert_eq!(skipped, now.duration_since(due) > LATE_AT_MOST);
            newest = Some(due);
            trigger = trigger.after(due, now, None, skipped);
            prop_assert!(trigger.due.is_none_or(|next| next > now));
            prop_assert_eq!(trigger.look(now), Look::Wait);
        }
    }
}
