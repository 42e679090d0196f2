//! What a branch points at.

use kraken_repos::Place;

use crate::{Host, place, repos};

#[tokio::test]
async fn the_head_of_a_branch_is_seen_over_http_and_in_a_folder() {
    let host = Host::new().await;
    host.repo.write("a", "1").commit("one");
    let head = host.repo.push("main").push("feature/slash").head();
    for place in [host.place(), host.folder()] {
        assert_eq!(repos().head(&place).await.unwrap().to_string(), head);
        let slash = Place { branch: "feature/slash".to_owned(), ..place };
        assert_eq!(repos().head(&slash).await.unwrap().to_string(), head);
    }
}

#[tokio::test]
async fn a_tag_with_a_message_is_the_commit_that_it_is_of() {
    let host = Host::new().await;
    let head = host.repo.write("a", "1").commit("one");
    host.repo.push("main").git(&["tag", "--annotate", "--message", "first", "v1"]);
    host.repo.git(&["push", "--quiet", "origin", "v1"]);
    let tag = Place { branch: "refs/tags/v1".to_owned(), ..host.place() };
    assert_eq!(repos().head(&tag).await.unwrap().to_string(), head);
}

#[tokio::test]
async fn a_branch_that_is_not_there_is_named() {
    let host = Host::new().await;
    host.repo.write("a", "1").commit("one");
    host.repo.push("mainly");
    for branch in ["main", "", "with space", "refs/heads/none"] {
        let wanted = Place { branch: branch.to_owned(), ..host.place() };
        let error = repos().head(&wanted).await.unwrap_err();
        assert!(error.to_string().contains(&format!("no branch {branch:?}")), "{error}");
        assert!(!error.may_pass());
    }
}

#[tokio::test]
async fn what_is_no_repository_is_told_apart_from_what_is_away() {
    let host = Host::new().await;
    let none = repos().head(&place(&host.server.url("none.git"))).await.unwrap_err();
    assert!(none.to_string().contains("there is no repository"), "{none}");
    let folder = repos().head(&place("/nowhere/none.git")).await.unwrap_err();
    assert!(folder.to_string().contains("there is no repository"), "{folder}");
    let url = host.server.url("a.git");
    drop(host);
    let away = repos().head(&place(&url)).await.unwrap_err();
    assert!(away.may_pass() && away.to_string().contains("cannot be read now"), "{away}");
    let unknown = repos().head(&place("https://git.invalid/a.git")).await.unwrap_err();
    assert!(unknown.may_pass(), "{unknown}");
}
