//! New commits.

use kraken_repos::{Between, COMMITS_MAX, CommitId, Place};

use crate::{Host, repos};

async fn between(place: &Place, before: &str, after: &str) -> Between {
    let id = |text: &str| text.parse::<CommitId>().unwrap();
    repos().commits_between(place, &id(before), &id(after)).await.unwrap()
}

fn messages(between: &Between) -> Vec<&str> {
    between.commits.iter().map(|commit| commit.message.as_str()).collect()
}

#[tokio::test]
async fn new_commits_are_listed_oldest_first_with_what_they_change() {
    let host = Host::new().await;
    let before = host.repo.write("a/b/one", "1").write("a/two", "2").write("three", "3").commit("first");
    host.repo.write("a/b/one", "11").write("a/b/new", "n").commit("second");
    let after = host.repo.remove("three").write("a/two", "22").commit("third\n\nwith a body");
    host.repo.push("main");
    for place in [host.place(), host.folder()] {
        let found = between(&place, &before, &after).await;
        assert_eq!(messages(&found), ["second", "third\n\nwith a body"]);
        assert!(!found.more && !found.lost);
        let [second, third] = found.commits.as_slice() else { panic!("{found:?}") };
        assert_eq!((second.added.as_slice(), second.modified.as_slice()), (&["a/b/new".to_owned()][..], &["a/b/one".to_owned()][..]));
        assert_eq!((third.removed.as_slice(), third.modified.as_slice()), (&["three".to_owned()][..], &["a/two".to_owned()][..]));
        assert_eq!((second.author_name.as_str(), second.author_email.as_str()), ("Ada", "ada@example.com"));
        assert!(second.timestamp.is_some() && !second.paths_cut && third.id.to_string() == after);
    }
}

#[tokio::test]
async fn commits_of_a_merged_branch_are_new_and_compared_with_where_they_began() {
    let host = Host::new().await;
    let old = host.repo.write("a", "1").write("d/e", "1").commit("one");
    let before = host.repo.write("a", "2").commit("two");
    host.repo.git(&["checkout", "--quiet", "-b", "side", &old]);
    host.repo.write("d/e", "side").commit("side");
    host.repo.git(&["checkout", "--quiet", "main"]);
    host.repo.git(&["merge", "--quiet", "--no-ff", "--message", "merged", "side"]);
    let after = host.repo.push("main").head();
    let found = between(&host.place(), &before, &after).await;
    assert_eq!(messages(&found), ["side", "merged"]);
    for commit in &found.commits {
        assert_eq!((commit.modified.as_slice(), commit.paths_cut), (&["d/e".to_owned()][..], false), "{commit:?}");
    }
}

#[tokio::test]
async fn what_comes_back_is_compared_although_the_host_thinks_it_is_known() {
    let host = Host::new().await;
    host.repo.write("a/b", "old").commit("one");
    let before = host.repo.write("a/b", "new").commit("two");
    let after = host.repo.write("a/b", "old").commit("back");
    host.repo.push("main");
    host.repo.git_bare(&["repack", "-adb", "--quiet"]);
    let found = between(&host.place(), &before, &after).await;
    assert_eq!(found.commits[0].modified, ["a/b"]);
}

#[tokio::test]
async fn only_the_newest_of_many_are_listed() {
    let host = Host::new().await;
    let before = host.repo.commit("before");
    for number in 0..COMMITS_MAX + 10 {
        host.repo.commit(&format!("number {number}"));
    }
    let after = host.repo.push("main").head();
    let found = between(&host.place(), &before, &after).await;
    assert_eq!((found.commits.len(), found.more), (COMMITS_MAX, true));
    assert_eq!(found.commits[COMMITS_MAX - 1].id.to_string(), after);
}

#[tokio::test]
async fn a_forced_push_tells_what_is_new_while_the_commit_before_is_kept_and_says_so_when_it_is_gone() {
    let host = Host::new().await;
    host.repo.write("a", "1").commit("one");
    let before = host.repo.write("a", "2").commit("two");
    host.repo.push("main").git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let after = host.repo.write("a", "3").commit("other");
    host.repo.push("main");
    let kept = between(&host.place(), &before, &after).await;
    assert_eq!((messages(&kept), kept.lost), (vec!["other"], false));
    host.repo.git_bare(&["reflog", "expire", "--expire=now", "--all"]);
    host.repo.git_bare(&["gc", "--quiet", "--prune=now"]);
    let gone = between(&host.place(), &before, &after).await;
    assert_eq!((messages(&gone), gone.lost), (vec!["other"], true));
    assert_eq!(gone.commits[0].modified, ["a"]);
}

#[tokio::test]
async fn hosts_that_leave_out_nothing_serve_as_well() {
    let host = Host::new().await;
    host.repo.git_bare(&["config", "uploadpack.allowFilter", "false"]);
    let before = host.repo.write("a", "1").commit("one");
    let after = host.repo.write("a", "2").write("b", "1").commit("two");
    host.repo.push("main");
    let found = between(&host.place(), &before, &after).await;
    assert_eq!((found.commits[0].modified.clone(), found.commits[0].added.clone()), (vec!["a".to_owned()], vec!["b".to_owned()]));
}
