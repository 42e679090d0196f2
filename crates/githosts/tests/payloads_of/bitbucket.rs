//! Bitbucket, the cloud's and one's own.

use kraken_githosts::{Event, GitHost, GitRef, Paths, PullAction, change_of_pull_request, skipped};

use crate::deliver::{BEFORE, FIRST, SECOND, delivery, event, is_at, pull, push};

const CLOUD: GitHost = GitHost::BitbucketCloud;
const SERVER: GitHost = GitHost::BitbucketServer;

#[test]
fn one_push_to_the_cloud_may_move_several_branches() {
    let delivery = delivery(CLOUD, "repo:push", "repo_push");
    let [Event::Push(branch), Event::Push(tag)] = delivery.events.as_slice() else { panic!("{delivery:?}") };
    assert_eq!(branch.git_ref, GitRef::Branch("feature/x".into()));
    assert_eq!(branch.commits.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(), [FIRST, SECOND]);
    assert_eq!((branch.commits[0].author.name.as_str(), branch.commits[0].author.email.as_str()), ("Ada Lovelace", "ada@example.com"));
    assert_eq!(branch.paths(), Paths::Unknown("not all paths are listed"));
    assert!(skipped(&delivery.events[0]).is_some());
    assert!(is_at(&branch.repo, "git@bitbucket.org:team/hello.git") && is_at(&branch.repo, "https://ada@bitbucket.org/team/hello.git"));
    assert!(tag.created() && tag.git_ref == GitRef::Tag("v1".into()));
}

#[test]
fn branches_of_the_cloud_go_and_are_rewritten() {
    let gone = push(CLOUD, "repo:push", "repo_push_branch_deleted");
    assert!(gone.deleted() && gone.git_ref.branch() == Some("feature/x"));
    let forced = push(CLOUD, "repo:push", "repo_push_forced_truncated");
    assert!(forced.forced && !forced.complete);
}

#[test]
fn a_pull_request_of_the_cloud_is_fetched_from_the_fork() {
    let opened = pull(CLOUD, "pullrequest:created", "pullrequest_created_from_fork");
    assert_eq!((opened.action, opened.number, opened.from_fork), (PullAction::Opened, 5, true));
    assert_eq!((opened.head_sha.as_deref(), opened.fetch_ref.as_deref()), (Some(&SECOND[..12]), None));
    let record = change_of_pull_request(CLOUD, &opened);
    assert_eq!((record.repo.as_str(), record.branch.as_str()), ("https://bitbucket.org/grace/hello.git", "fix/slashes"));
    assert_eq!(pull(CLOUD, "pullrequest:updated", "pullrequest_created_from_fork").action, PullAction::Updated);
    let merged = pull(CLOUD, "pullrequest:fulfilled", "pullrequest_fulfilled_source_gone");
    assert_eq!((merged.action, merged.from_fork, merged.head_sha), (PullAction::Merged, true, None));
}

#[test]
fn an_old_server_names_the_repository_and_not_where_it_is() {
    let delivery = delivery(SERVER, "repo:refs_changed", "repo_refs_changed_old");
    let [Event::Push(moved), Event::Push(gone), Event::Push(tag)] = delivery.events.as_slice() else { panic!("{delivery:?}") };
    assert!(moved.repo.urls.is_empty());
    assert!(
        is_at(&moved.repo, "https://bb.example.com/scm/proj/hello.git")
            && is_at(&moved.repo, "ssh://git@bb.example.com:7999/PROJ/hello.git")
    );
    assert!(!is_at(&moved.repo, "https://bb.example.com/scm/xproj/hello.git"));
    assert_eq!((moved.before.as_deref(), moved.after.as_deref()), (Some(BEFORE), Some(SECOND)));
    assert!(gone.deleted() && tag.created() && tag.git_ref == GitRef::Tag("v1".into()));
    assert!(matches!(moved.paths(), Paths::Unknown(_)));
}

#[test]
fn a_newer_server_tells_where_and_what() {
    let push = push(SERVER, "repo:refs_changed", "repo_refs_changed");
    assert_eq!(push.repo.clone_url(), Some("https://bb.example.com/scm/proj/hello.git"));
    assert!(is_at(&push.repo, "ssh://git@bb.example.com:7999/proj/hello.git"));
    assert!(!is_at(&push.repo, "https://other.example.com/scm/proj/hello.git"));
    assert_eq!(push.commits.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(), [FIRST, SECOND]);
    assert_eq!(push.commits[0].timestamp.as_deref(), Some("2024-05-15T15:20:41Z"));
    assert_eq!(push.head_message.as_deref(), Some("Second"));
}

#[test]
fn a_pull_request_of_a_server_is_fetched_from_where_it_goes() {
    let opened = pull(SERVER, "pr:opened", "pr_opened_from_fork");
    assert_eq!((opened.action, opened.number, opened.from_fork), (PullAction::Opened, 11, true));
    assert_eq!(opened.source_repo.as_ref().unwrap().name, "~GRACE/hello");
    assert_eq!((opened.source_branch.as_str(), opened.target_branch.as_str()), ("fix/slashes", "master"));
    assert_eq!((opened.head_sha.as_deref(), opened.fetch_ref.as_deref()), (Some(SECOND), Some("refs/pull-requests/11/from")));
    assert!(opened.url.as_deref().unwrap().ends_with("/pull-requests/11"));
    assert_eq!(pull(SERVER, "pr:from_ref_updated", "pr_from_ref_updated").action, PullAction::Updated);
    assert_eq!(pull(SERVER, "pr:modified", "pr_modified_target").action, PullAction::Retargeted);
    assert_eq!(pull(SERVER, "pr:modified", "pr_opened_from_fork").action, PullAction::Edited);
    assert_eq!(pull(SERVER, "pr:merged", "pr_opened_from_fork").action, PullAction::Merged);
    assert_eq!(pull(SERVER, "pr:declined", "pr_opened_from_fork").action, PullAction::Closed);
    assert_eq!(event(SERVER, "diagnostics:ping", "diagnostics_ping"), Event::Ping);
}
