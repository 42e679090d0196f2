//! The `git` tool with real repositories, over files and over HTTP.
#![allow(clippy::unwrap_used)]

mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use kraken_protocol::tool::{Reason, Trigger};
use serde_json::json;

use self::server::GitServer;
use crate::host::{Host, Running, a_word, processes_with, step};

/// Runs git in a folder and returns what it prints.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// `main` with two commits, `old` tagged on the first; `side` with one more; a pull request's commit on no branch.
struct Origin {
    path: PathBuf,
    first: String,
    second: String,
    request: String,
}

fn an_origin(folder: &Path) -> Origin {
    let path = folder.join("origin.git");
    std::fs::create_dir(&path).unwrap();
    git(&path, &["init", "--quiet"]);
    let commit = |name: &str| {
        std::fs::write(path.join(name), name).unwrap();
        git(&path, &["add", "."]);
        git(&path, &["commit", "--quiet", "-m", name]);
        git(&path, &["rev-parse", "HEAD"])
    };
    let first = commit("first");
    git(&path, &["tag", "old"]);
    let second = commit("second");
    git(&path, &["checkout", "--quiet", "-b", "side"]);
    commit("side-file");
    git(&path, &["checkout", "--quiet", "--detach", "main"]);
    let request = commit("request-file");
    git(&path, &["update-ref", "refs/pull/7/head", &request]);
    git(&path, &["checkout", "--quiet", "main"]);
    Origin { path, first, second, request }
}

impl Origin {
    fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }
}

fn head(job: &Running, folder: &str) -> (String, String) {
    let folder = job.place.workspace.join(folder);
    (git(&folder, &["rev-parse", "HEAD"]), git(&folder, &["rev-parse", "--abbrev-ref", "HEAD"]))
}

#[tokio::test]
async fn branches_tags_commits_and_the_default() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let mut job = host.job();
    for (number, (branch, commit, on)) in [
        (None, &origin.second, "main"),
        (Some("main"), &origin.second, "main"),
        (Some("refs/heads/main"), &origin.second, "main"),
        (Some("old"), &origin.first, "HEAD"),
        (Some(origin.first.as_str()), &origin.first, "HEAD"),
        (Some(origin.request.as_str()), &origin.request, "HEAD"),
    ]
    .into_iter()
    .enumerate()
    {
        for depth in [None, Some(1)] {
            let folder = format!("copy-{number}-{}", depth.unwrap_or(0));
            let fields = json!({"checkout": origin.url(), "branch": branch, "destination": folder, "depth": depth});
            let end = job.run(step("git", &fields)).await;
            assert_eq!(end.reason, Reason::Ok, "{fields}: {end:?}\n{}", job.text());
            assert_eq!(head(&job, &folder), (commit.clone(), on.to_owned()), "{fields}");
        }
    }
    let end = job.run(step("git", &json!({"checkout": origin.url()}))).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}");
    assert!(job.place.workspace.join("origin/second").exists(), "the folder is called like the repository");
    assert!(job.text().contains(&format!("Checked out {} at {} (branch main)", origin.url(), origin.second)), "{}", job.text());
    job.end().await;
}

#[tokio::test]
async fn the_triggers_commit_when_it_is_of_this_repository() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let mut job = host.job();
    let trigger = |repo: &str, commit: &str, branch: Option<&str>, git_ref: Option<&str>| {
        Some(Trigger { repo: repo.into(), branch: branch.map(Into::into), commit: commit.into(), git_ref: git_ref.map(Into::into) })
    };
    let path = origin.path.to_str().unwrap();
    let other = "https://example.org/other.git";
    for (number, (trigger, branch, commit, on)) in [
        (trigger(path, &origin.first, Some("main"), None), None, &origin.first, "main"),
        (trigger(path, &origin.first, Some("main"), None), Some("main"), &origin.first, "main"),
        (trigger(path, &origin.first, Some("side"), None), Some("main"), &origin.second, "main"),
        (trigger(path, &origin.request, Some("main"), Some("refs/pull/7/head")), None, &origin.request, "HEAD"),
        (trigger(other, &origin.first, Some("main"), None), None, &origin.second, "main"),
    ]
    .into_iter()
    .enumerate()
    {
        for depth in [None, Some(1)] {
            let folder = format!("copy-{number}-{}", depth.unwrap_or(0));
            let mut checkout = step("git", &json!({"checkout": origin.url(), "branch": branch, "destination": folder, "depth": depth}));
            checkout.trigger.clone_from(&trigger);
            let end = job.run(checkout).await;
            assert_eq!(end.reason, Reason::Ok, "{number}: {end:?}\n{}", job.text());
            assert_eq!(head(&job, &folder), (commit.clone(), on.to_owned()), "{trigger:?} {branch:?}");
        }
    }
    job.end().await;
}

#[tokio::test]
async fn into_the_workspace_itself_and_again() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let mut job = host.job();
    for branch in ["main", "side", "main"] {
        let end = job.run(step("git", &json!({"checkout": origin.url(), "destination": ".", "branch": branch}))).await;
        assert_eq!(end.reason, Reason::Ok, "{end:?}\n{}", job.text());
        assert_eq!(job.place.workspace.join("side-file").exists(), branch == "side");
    }
    assert_eq!(git(&job.place.workspace, &["status", "--porcelain"]), "");
    job.end().await;
}

#[tokio::test]
async fn submodules_and_configuration() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let outer = host.folder.path().join("outer");
    std::fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "--quiet"]);
    git(&outer, &["submodule", "--quiet", "add", &origin.url(), "inner"]);
    git(&outer, &["commit", "--quiet", "-m", "outer"]);
    let mut job = host.job();
    let fields = json!({"checkout": outer, "submodules": true, "git_cfg": {"protocol.file.allow": "always"}});
    let end = job.run(step("git", &fields)).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}\n{}", job.text());
    assert!(job.place.workspace.join("outer/inner/second").exists());
    job.end().await;
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let mut job = host.job();
    for (fields, expected) in [
        (json!({"checkout": origin.url(), "branch": "no-such"}), "\"no-such\" is neither a branch nor a tag"),
        (
            json!({"checkout": origin.url(), "branch": "no-such", "depth": 1, "destination": "x"}),
            "\"no-such\" is neither a branch nor a tag",
        ),
        (json!({"checkout": "file:///no/such/repository"}), "git ls-remote failed (exit code 128)"),
        (json!({"checkout": origin.url(), "branch": "--evil"}), "branch: \"--evil\" is not"),
        (json!({"checkout": "--evil"}), "checkout: "),
        (json!({}), "field `checkout` is missing"),
        (json!({"checkout": origin.url(), "access-token": "t"}), "access-token: "),
        (json!({"checkout": origin.url(), "git_cfg": {"nodot": "x"}}), "git_cfg: \"nodot\""),
    ] {
        let end = job.run(step("git", &fields)).await;
        assert_eq!(end.reason, Reason::StepError, "{fields}");
        assert!(end.message.contains(expected), "{fields}: {end:?}");
    }
    let mut without = step("git", &json!({"checkout": origin.url()}));
    without.env.insert("PATH".into(), "/nowhere".into());
    let end = job.run(without).await;
    assert_eq!(end.reason, Reason::ToolMissing);
    assert!(end.message.contains("git was not found") && end.message.contains("install git"), "{end:?}");
    job.end().await;
}

#[tokio::test]
async fn a_token_opens_the_repository_and_shows_nowhere() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let token = a_word();
    let server = GitServer::start(host.folder.path().to_owned(), "x-access-token", &token);
    let mut job = host.job();

    let end = job.run(step("git", &json!({"checkout": server.url("origin.git"), "access-token": "wrong"}))).await;
    assert_eq!(end.reason, Reason::StepError, "{end:?}");

    let mut checkout = step("git", &json!({"checkout": server.url("origin.git"), "access-token": token, "destination": "by-field"}));
    checkout.sensitive.push("access-token".into());
    let end = job.run(checkout).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}\n{}", job.text());
    assert_eq!(head(&job, "by-field"), (origin.second.clone(), "main".into()));

    let address = server.url("origin.git").replace("http://", &format!("http://x-access-token:{token}@"));
    let end = job.run(step("git", &json!({"checkout": address, "destination": "by-address", "depth": 1}))).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}\n{}", job.text());
    assert_eq!(head(&job, "by-address").0, origin.second);

    assert!(server.requests() >= 4);
    assert_eq!(server.seen_in_process_list(), [""; 0]);
    assert_eq!(processes_with(&token), [""; 0]);
    assert!(!job.text().contains(&token), "{}", job.text());
    for folder in ["by-field", "by-address"] {
        let everywhere = Command::new("grep").args(["-r", &token]).arg(job.place.workspace.join(folder)).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&everywhere.stdout), "");
    }
    let left: Vec<_> = std::fs::read_dir(job.place.workspace.join(".kraken")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    job.end().await;
}

#[tokio::test]
async fn a_token_goes_to_its_own_host_only() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let token = a_word();
    let elsewhere = GitServer::start(host.folder.path().to_owned(), "x-access-token", &token);
    let own = GitServer::start(host.folder.path().to_owned(), "x-access-token", &token);
    let outer = host.folder.path().join("outer");
    std::fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "--quiet"]);
    git(&outer, &["submodule", "--quiet", "add", &origin.url(), "inner"]);
    git(&outer, &["config", "-f", ".gitmodules", "submodule.inner.url", &elsewhere.url("origin.git")]);
    git(&outer, &["commit", "--quiet", "-a", "-m", "outer"]);
    let mut job = host.job();
    let end = job.run(step("git", &json!({"checkout": own.url("outer"), "access-token": token, "submodules": true}))).await;
    assert_eq!(end.reason, Reason::StepError, "{end:?}");
    assert!(end.message.contains("git submodule failed"), "{end:?}");
    assert_eq!(elsewhere.opened(), 0, "the other host was given the token");
    job.end().await;
}

/// Stands for ssh: notes what it was given and runs the command on this host.
const SSH: &str = r#"#!/bin/sh
{ echo "$@"; ssh-add -l; grep -rl 'PRIVATE KEY' "$WORKSPACE"; } >> "$NOTES" 2>&1
for last; do :; done
exec sh -c "$last"
"#;

#[tokio::test]
async fn an_ssh_key_comes_from_an_agent_and_is_on_no_disk() {
    let host = Host::new();
    let origin = an_origin(host.folder.path());
    let bin = host.folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("ssh"), SSH).unwrap();
    std::fs::set_permissions(bin.join("ssh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let key = host.folder.path().join("key");
    assert!(
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "the-key", "-f"]).arg(&key).status().unwrap().success()
    );
    let key = std::fs::read_to_string(key).unwrap();
    let notes = host.folder.path().join("notes");
    let mut job = host.job();
    let path = origin.path.display();
    for (number, (address, login)) in
        [(format!("git@git.example.org:{path}"), "git@git.example.org"), (format!("ssh://git.example.org{path}"), " -l deploy ")]
            .into_iter()
            .enumerate()
    {
        let fields = json!({"checkout": address, "ssh-key": {"username": "deploy", "key": key}, "destination": number.to_string()});
        let mut checkout = step("git", &fields);
        checkout.env.insert("PATH".into(), format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
        checkout.env.insert("NOTES".into(), notes.display().to_string());
        checkout.env.insert("WORKSPACE".into(), job.place.workspace.display().to_string());
        let end = job.run(checkout).await;
        assert_eq!(end.reason, Reason::Ok, "{end:?}\n{}", job.text());
        assert_eq!(head(&job, &number.to_string()).0, origin.second);
        let noted = std::fs::read_to_string(&notes).unwrap();
        assert!(noted.contains(login) && noted.contains("the-key (ED25519)") && !noted.contains("/.kraken/"), "{noted}");
        std::fs::remove_file(&notes).unwrap();
    }
    assert_eq!(job.place.processes(), [""; 0]);
    job.end().await;
}
