//! Which deliveries start what.
#![allow(clippy::unwrap_used)]

use kraken_domain::webhook::WebhookRule;

use super::*;

fn push(branch: &str, paths: Option<&[&str]>) -> Told {
    let paths = paths.map(|paths| paths.iter().map(|path| (*path).to_owned()).collect());
    about(Happening::Push { branch: branch.into(), deleted: false, paths })
}

fn about(what: Happening) -> Told {
    Told { what, repo: "octo/hello".into(), urls: vec!["https://github.com/octo/hello.git".into()], skip: None }
}

fn stage(number: u128, rule: WebhookRule) -> Candidate {
    Candidate { id: StageId::new(1, number), name: format!("s{number}"), with_flows: true, rule }
}

fn plain() -> Vec<Candidate> {
    vec![stage(1, WebhookRule::default())]
}

fn paths(include: &[&str], ignore: &[&str]) -> WebhookRule {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    WebhookRule { paths: texts(include), paths_ignore: texts(ignore), ..WebhookRule::default() }
}

fn started(follows: Follows) -> (FlowKind, String, usize) {
    match follows {
        Follows::Flow { kind, branch_name, stages } => (kind, branch_name, stages.len()),
        other => panic!("{other:?}"),
    }
}

fn refused(follows: Follows) -> String {
    match follows {
        Follows::Nothing(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_push_starts_a_ci_flow_where_its_branch_is_tracked() {
    assert_eq!(started(decide(&push("feature/x", None), "feature/x", &plain())), (FlowKind::Ci, "feature/x".into(), 1));
    assert_eq!(decide(&push("feature/x", None), "feature", &plain()), Follows::Unconcerned);
    assert_eq!(decide(&push("x", None), "feature/x", &plain()), Follows::Unconcerned);
}

#[test]
fn a_pull_request_starts_a_dev_flow_where_it_goes_to() {
    let pull = about(Happening::Pull { number: 7, target: "main".into(), source: "topic/a".into(), paths: None });
    assert_eq!(started(decide(&pull, "main", &plain())), (FlowKind::Dev, "topic/a".into(), 1));
    assert_eq!(decide(&pull, "topic/a", &plain()), Follows::Unconcerned);
}

#[test]
fn what_is_gone_starts_nothing() {
    let gone = about(Happening::Push { branch: "main".into(), deleted: true, paths: None });
    assert_eq!(refused(decide(&gone, "main", &plain())), "refs/heads/main was deleted");
}

#[test]
fn an_author_may_ask_for_nothing() {
    let skip = Told { skip: Some("the newest commit says [skip ci]".into()), ..push("main", None) };
    assert_eq!(refused(decide(&skip, "main", &plain())), "the newest commit says [skip ci]");
}

#[test]
fn stages_take_the_paths_that_they_care_for() {
    let stages = [stage(1, paths(&["docs/**"], &[])), stage(2, paths(&[], &["**/*.md"])), stage(3, WebhookRule::default())];
    assert_eq!(started(decide(&push("main", Some(&["docs/a.md"])), "main", &stages)).2, 2);
    assert_eq!(started(decide(&push("main", Some(&["src/a.rs"])), "main", &stages)).2, 2);
    assert_eq!(started(decide(&push("main", None), "main", &stages)).2, 3);
    let why = refused(decide(&push("main", Some(&["README.md"])), "main", &stages[..2]));
    assert_eq!(why, "stage s1: none of the 1 changed paths counts; stage s2: none of the 1 changed paths counts");
}

#[test]
fn what_the_host_did_not_tell_is_looked_for_only_where_a_stage_asks() {
    let pull = about(Happening::Pull { number: 7, target: "main".into(), source: "topic/a".into(), paths: None });
    let docs = [stage(1, paths(&["docs/**"], &[])), stage(2, WebhookRule::default())];
    for told in [&pull, &push("main", None)] {
        assert!(hangs_on_paths(told, "main", &docs));
        assert!(!hangs_on_paths(told, "main", &docs[1..]), "nobody asks");
        assert!(!hangs_on_paths(told, "develop", &docs), "it is none of its business");
        let never = [Candidate { with_flows: false, ..docs[0].clone() }];
        assert!(!hangs_on_paths(told, "main", &never));
        let seen = with_look(told, vec!["src/a.rs".into()], Some("A change"));
        assert!(!hangs_on_paths(&seen, "main", &docs));
        assert_eq!(started(decide(&seen, "main", &docs)).2, 1);
        assert_eq!(started(decide(told, "main", &docs)).2, 2, "whoever does not know runs");
        let skipped = with_look(told, vec!["docs/a.md".into()], Some("Words [skip ci]"));
        assert_eq!(refused(decide(&skipped, "main", &docs)), "the newest commit (Words [skip ci]) says [skip ci]");
    }
    assert!(!hangs_on_paths(&push("main", Some(&["a"])), "main", &docs));
}

#[test]
fn a_stage_may_accept_none_or_only_some_repositories() {
    let none = WebhookRule { accepts: Some(false), ..WebhookRule::default() };
    assert_eq!(refused(decide(&push("main", None), "main", &[stage(1, none)])), "stage s1: it accepts no webhooks");
    let other = WebhookRule { repos: vec!["git@github.com:octo/other.git".into()], ..WebhookRule::default() };
    assert!(refused(decide(&push("main", None), "main", &[stage(1, other)])).contains("none of its repositories"));
    let this = WebhookRule { repos: vec!["git@github.com:octo/hello.git".into()], ..WebhookRule::default() };
    assert_eq!(started(decide(&push("main", None), "main", &[stage(1, this)])).2, 1);
    assert_eq!(refused(decide(&push("main", None), "main", &[])), "the branch has no root stage that is enabled");
}

#[test]
fn a_stage_that_does_not_start_with_flows_starts_when_it_asks_for_webhooks() {
    let nightly = |accepts| Candidate { with_flows: false, ..stage(1, WebhookRule { accepts, ..WebhookRule::default() }) };
    let pull = about(Happening::Pull { number: 7, target: "main".into(), source: "topic/a".into(), paths: None });
    for told in [push("main", None), pull] {
        assert!(refused(decide(&told, "main", &[nightly(None)])).starts_with("stage s1: it does not start with each flow"));
        assert_eq!(started(decide(&told, "main", &[nightly(None), stage(2, WebhookRule::default())])).2, 1);
        assert_eq!(started(decide(&told, "main", &[nightly(Some(true))])).2, 1);
    }
}

#[test]
fn tags_start_only_stages_that_ask_for_them() {
    let tag = about(Happening::Tag { name: "v1.2".into(), deleted: false });
    assert_eq!(decide(&tag, "main", &plain()), Follows::Unconcerned);
    let tagged = WebhookRule { tags: vec!["v*".into()], ..WebhookRule::default() };
    let stages = [stage(1, tagged), stage(2, WebhookRule::default())];
    assert_eq!(started(decide(&tag, "main", &stages)), (FlowKind::Ci, "v1.2".into(), 1));
    let other = about(Happening::Tag { name: "nightly".into(), deleted: false });
    assert!(refused(decide(&other, "main", &stages)).contains("tag nightly is none of those"));
}

#[test]
fn too_many_paths_are_not_known() {
    let long = (0..1_000).map(|at| format!("a/long/folder/{at}.rs")).collect::<Vec<_>>();
    let commit = |added: Vec<String>| crate::Commit { added, ..crate::Commit::default() };
    let mut pushed = Push {
        repo: Repo::default(),
        git_ref: crate::GitRef::Branch("main".into()),
        before: None,
        after: Some("b".repeat(40)),
        forced: false,
        commits: vec![commit(long)],
        complete: true,
        head_message: None,
        skip_asked: false,
        pusher: crate::Person::default(),
        compare_url: None,
    };
    let known = |pushed: &Push| match told(&Event::Push(Box::new(pushed.clone()))).what {
        Happening::Push { paths, .. } => paths,
        other => panic!("{other:?}"),
    };
    assert_eq!(known(&pushed), None);
    pushed.commits = vec![commit(vec!["a.rs".into()])];
    assert_eq!(known(&pushed), Some(vec!["a.rs".to_owned()]));
}
