//! GitLab.

use kraken_githosts::{Event, GitHost, GitRef, Headers, Paths, PullAction, Recognised, SkipReason, parse, skipped};

use crate::deliver::{BEFORE, FIRST, SECOND, body, delivery, event, ignored, is_at, pull, push};

const HOST: GitHost = GitHost::GitLab;
const PUSH: &str = "Push Hook";
const REQUEST: &str = "Merge Request Hook";

#[test]
fn a_push_says_what_is_new_on_which_branch() {
    let push = push(HOST, PUSH, "push");
    assert_eq!(push.repo.name, "mike/tools/diaspora");
    for url in ["https://gitlab.example.com/mike/tools/diaspora", "git@gitlab.example.com:mike/tools/diaspora.git"] {
        assert!(is_at(&push.repo, url), "{url}");
    }
    assert_eq!(push.git_ref, GitRef::Branch("feature/日本語".into()));
    assert_eq!(push.commits.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(), [FIRST, SECOND]);
    assert_eq!(push.head_message.as_deref(), Some("fixed readme"));
    assert_eq!((push.pusher.name.as_str(), push.pusher.email.as_deref()), ("jsmith", None));
    let compare = format!("https://gitlab.example.com/mike/tools/diaspora/-/compare/{BEFORE}...{SECOND}");
    assert_eq!(push.compare_url, Some(compare));
    assert!(matches!(push.paths(), Paths::Known(paths) if paths.len() == 3));
}

#[test]
fn of_many_commits_only_some_are_listed() {
    let push = push(HOST, PUSH, "push_more_than_listed");
    assert!(!push.complete);
    assert_eq!(push.paths(), Paths::Unknown("not all commits are listed"));
}

#[test]
fn branches_go_and_tags_come() {
    let gone = push(HOST, PUSH, "push_branch_deleted");
    assert!(gone.deleted() && gone.git_ref.branch() == Some("old/thing"));
    let tag = push(HOST, "Tag Push Hook", "tag_push");
    assert!(tag.created() && tag.git_ref == GitRef::Tag("v1.0.0".into()));
}

#[test]
fn a_push_may_ask_for_no_flow() {
    assert_eq!(skipped(&event(HOST, PUSH, "push_option_skip")), Some(SkipReason::PushOption));
}

#[test]
fn a_merge_request_from_a_fork_is_fetched_from_where_it_goes() {
    let pull = pull(HOST, REQUEST, "merge_request_open_from_fork");
    assert_eq!((pull.action, pull.number, pull.from_fork), (PullAction::Opened, 7, true));
    assert_eq!((pull.repo.name.as_str(), pull.target_branch.as_str()), ("mike/tools/diaspora", "main"));
    assert_eq!(pull.source_repo.as_ref().unwrap().name, "awesome/space");
    assert_eq!((pull.source_branch.as_str(), pull.head_sha.as_deref(), pull.base_sha.as_deref()), ("ms/viewport", Some(SECOND), None));
    assert_eq!(pull.fetch_ref.as_deref(), Some("refs/merge-requests/7/head"));
    assert_eq!((pull.author.name.as_str(), pull.labels.as_slice()), ("grace", &["API".to_owned()][..]));
    assert!(pull.url.as_deref().unwrap().ends_with("/-/merge_requests/7"));
}

#[test]
fn an_update_says_by_its_members_what_it_was() {
    let action = |name| pull(HOST, REQUEST, name).action;
    assert_eq!(action("merge_request_update_commits"), PullAction::Updated);
    assert_eq!(action("merge_request_update_title"), PullAction::Edited);
    assert_eq!(action("merge_request_update_ready"), PullAction::Ready);
    assert_eq!(action("merge_request_update_target"), PullAction::Retargeted);
    assert_eq!(action("merge_request_merge_source_gone"), PullAction::Merged);
    assert_eq!(ignored(HOST, REQUEST, "merge_request_approved"), "a merge request was approved");
    assert_eq!(ignored(HOST, "Note Hook", "note"), "the event note");
}

#[test]
fn a_merge_requests_newest_commit_may_ask_for_no_flow() {
    let event = event(HOST, REQUEST, "merge_request_update_commits");
    assert!(matches!(skipped(&event), Some(SkipReason::Mark { mark, .. }) if mark == "[ci skip]"));
}

#[test]
fn a_source_that_is_gone_counts_as_a_fork() {
    let pull = pull(HOST, REQUEST, "merge_request_merge_source_gone");
    assert!(pull.from_fork && pull.source_repo.is_none());
}

#[test]
fn a_signed_delivery_says_when_it_was_signed() {
    let headers =
        [("x-gitlab-event", "System Hook"), ("webhook-id", "msg_1"), ("webhook-timestamp", "1715786441"), ("webhook-signature", "v1,x")];
    let headers: Headers<'_> = headers.into_iter().collect();
    let delivery = parse(HOST, &headers, &body(HOST, "push")).unwrap();
    assert_eq!((delivery.id.as_str(), delivery.signed_at_s), ("gitlab:msg_1", Some(1_715_786_441)));
    assert!(matches!(delivery.events.as_slice(), [Event::Push(_)]));
}

#[test]
fn a_delivery_is_recognised_by_its_body_only_where_its_name_may_be_anybodys() {
    let body = body(HOST, "push");
    let by = |headers: &[(&'static str, &'static str)]| {
        let headers = [("x-gitlab-event", "Push Hook")].iter().chain(headers).copied().collect();
        parse(HOST, &headers, &body).unwrap().recognised_by
    };
    assert_eq!(by(&[("idempotency-key", "a"), ("x-gitlab-token", "t")]), Recognised::ByName);
    assert_eq!(by(&[("webhook-id", "a"), ("webhook-signature", "v1,x")]), Recognised::ByName);
    assert_eq!(by(&[("idempotency-key", "a"), ("webhook-id", "é"), ("webhook-signature", "v1,x")]), Recognised::ByBody);
    assert_eq!(by(&[("x-gitlab-token", "t")]), Recognised::ByBody, "without a name there is nothing else");
    assert_eq!(delivery(GitHost::GitHub, "push", "push").recognised_by, Recognised::ByBody);
}
