//! GitHub.

use kraken_githosts::{Event, GitHost, GitRef, PathFilter, Paths, PullAction, SkipReason, change_of_pull_request, change_of_push, skipped};

use crate::deliver::{BEFORE, FIRST, delivery, event, ignored, is_at, pull, push};

const HOST: GitHost = GitHost::GitHub;
const HEAD: &str = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";

#[test]
fn a_push_says_what_is_new_on_which_branch() {
    let push = push(HOST, "push", "push");
    assert_eq!(push.repo.name, "octo/hello");
    assert_eq!(push.repo.clone_url(), Some("https://github.com/octo/hello.git"));
    for url in ["git@github.com:octo/hello.git", "https://github.com/Octo/Hello", "ssh://git@github.com/octo/hello"] {
        assert!(is_at(&push.repo, url), "{url}");
    }
    assert!(!is_at(&push.repo, "https://github.com/octo/other"));
    assert_eq!(push.git_ref, GitRef::Branch("feature/slashes/větev".into()));
    assert_eq!((push.before.as_deref(), push.after.as_deref()), (Some(BEFORE), Some(HEAD)));
    assert!(!push.created() && !push.deleted() && !push.forced && push.complete);
    assert_eq!(push.pusher.name, "ada");
    assert_eq!(push.pusher.email.as_deref(), Some("ada@example.com"));
    assert!(push.compare_url.as_deref().unwrap().starts_with("https://github.com/octo/hello/compare/"));
    let [first, second] = push.commits.as_slice() else { panic!("{:?}", push.commits) };
    assert_eq!((first.id.as_str(), second.id.as_str()), (FIRST, HEAD));
    assert_eq!(first.message, "Teach the parser about slashes\n\nBranches have them.");
    assert_eq!((first.author.name.as_str(), first.author.email.as_str()), ("Ada Lovelace", "ada@example.com"));
    assert_eq!(first.timestamp.as_deref(), Some("2024-05-15T17:20:41+02:00"));
    assert_eq!(
        (first.added.as_slice(), first.modified.as_slice()),
        (&["src/parse/slash.rs".to_owned()][..], &["src/parse.rs".to_owned()][..])
    );
    assert_eq!(second.removed, ["docs/old.md"]);
    assert!(first.url.as_deref().unwrap().ends_with(FIRST));
    let Paths::Known(paths) = push.paths() else { panic!() };
    assert_eq!(paths.into_iter().collect::<Vec<_>>(), ["docs/old.md", "docs/parse.md", "src/parse.rs", "src/parse/slash.rs"]);
    assert!(!PathFilter::new(&["agent/**"], &[]).unwrap().decide(&push.paths()).runs());
}

#[test]
fn a_rewritten_history_hides_which_paths_changed() {
    let push = push(HOST, "push", "push_forced");
    assert!(push.forced);
    assert_eq!(push.paths(), Paths::Unknown("history was rewritten"));
}

#[test]
fn a_new_branch_may_bring_no_commits() {
    let push = push(HOST, "push", "push_branch_created_empty");
    assert!(push.created() && push.commits.is_empty());
    assert_eq!(push.git_ref.branch(), Some("release/1.0"));
    assert_eq!(push.head_message.as_deref(), Some("Say so in the docs"));
    assert!(PathFilter::new(&["agent/**"], &[]).unwrap().decide(&push.paths()).runs());
}

#[test]
fn a_deleted_branch_has_no_commit_any_more() {
    let push = push(HOST, "push", "push_branch_deleted");
    assert!(push.deleted() && push.head_message.is_none());
    assert_eq!(push.before.as_deref(), Some(BEFORE));
}

#[test]
fn a_tag_is_no_branch() {
    let push = push(HOST, "push", "push_tag");
    assert_eq!(push.git_ref, GitRef::Tag("v1.0.0".into()));
    let record = change_of_push(HOST, &push);
    assert_eq!((record.branch.as_str(), record.git_ref.as_deref()), ("v1.0.0", Some("refs/tags/v1.0.0")));
}

#[test]
fn the_newest_commit_says_whether_to_skip() {
    let reason = skipped(&event(HOST, "push", "push_skip_ci")).unwrap();
    assert_eq!(reason, SkipReason::Mark { mark: "[skip ci]".into(), commit: "Fix a typo [skip ci]".into() });
    assert_eq!(reason.to_string(), "the newest commit (Fix a typo [skip ci]) says [skip ci]");
    assert_eq!(skipped(&event(HOST, "push", "push")), None);
}

#[test]
fn what_starts_nothing_says_what_it_was() {
    assert_eq!(event(HOST, "ping", "ping"), Event::Ping);
    assert_eq!(ignored(HOST, "push", "push_notes"), "a push to refs/notes/commits, which is neither branch nor tag");
    assert_eq!(ignored(HOST, "issues", "issues_opened"), "the event issues");
    assert_eq!(ignored(HOST, "pull_request", "pull_request_assigned"), "a pull request was assigned");
    assert_eq!(ignored(HOST, "delete", "push_branch_deleted"), "delete: the push tells the same");
    assert_eq!(ignored(HOST, "an_event_of_next_year", "ping"), "the event an_event_of_next_year");
}

#[test]
fn a_pull_request_from_a_fork_is_fetched_from_where_it_goes() {
    let pull = pull(HOST, "pull_request", "pull_request_opened_from_fork");
    assert_eq!((pull.action, pull.number), (PullAction::Opened, 7));
    assert!(pull.from_fork && !pull.draft && pull.action.is_to_be_run());
    assert_eq!(pull.title, "Teach the parser about slashes");
    assert_eq!((pull.repo.name.as_str(), pull.target_branch.as_str(), pull.base_sha.as_deref()), ("octo/hello", "main", Some(BEFORE)));
    assert_eq!(pull.source_repo.as_ref().unwrap().clone_url(), Some("https://github.com/grace/hello.git"));
    assert_eq!((pull.source_branch.as_str(), pull.head_sha.as_deref()), ("feature/slashes", Some(HEAD)));
    assert_eq!(pull.fetch_ref.as_deref(), Some("refs/pull/7/head"));
    assert_eq!((pull.author.name.as_str(), pull.url.as_deref()), ("grace", Some("https://github.com/octo/hello/pull/7")));
    assert_eq!(pull.labels, ["parser"]);

    let record = change_of_pull_request(HOST, &pull);
    assert_eq!((record.trigger.as_str(), record.repo.as_str()), ("github-pull_request", "https://github.com/octo/hello.git"));
    assert_eq!((record.branch.as_str(), record.git_ref.as_deref()), ("feature/slashes", Some("refs/pull/7/head")));
    assert_eq!((record.before.as_deref(), record.after.as_deref()), (Some(BEFORE), Some(HEAD)));
    let facts = record.pull_request.unwrap();
    assert_eq!((facts.source_repo.as_deref(), facts.target_branch.as_str()), (Some("grace/hello"), "main"));
}

#[test]
fn new_commits_update_a_pull_request() {
    let pull = pull(HOST, "pull_request", "pull_request_synchronize");
    assert_eq!(pull.action, PullAction::Updated);
    assert!(!pull.from_fork && pull.draft);
}

#[test]
fn a_merged_pull_request_of_a_fork_that_is_gone_is_still_one_of_a_fork() {
    let pull = pull(HOST, "pull_request", "pull_request_closed_merged_fork_gone");
    assert_eq!(pull.action, PullAction::Merged);
    assert!(pull.action.ends() && pull.from_fork && pull.source_repo.is_none());
}

#[test]
fn a_pull_request_may_turn_to_another_branch() {
    let pull = pull(HOST, "pull_request", "pull_request_edited_base");
    assert_eq!(pull.action, PullAction::Retargeted);
    assert!(pull.action.is_to_be_run(), "nobody has run it for that branch");
}

#[test]
fn the_same_body_has_the_same_digest_under_any_name() {
    let [one, other] = [delivery(HOST, "push", "push"), delivery(HOST, "push", "push")];
    assert_eq!(one.body_sha256, other.body_sha256);
    assert_ne!(one.body_sha256, delivery(HOST, "push", "push_tag").body_sha256);
}
