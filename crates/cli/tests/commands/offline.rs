//! What works without any server.

use std::{fs, io::Read, process::Stdio};

use crate::program::User;

const STAGE: &str = r##"
def stage(ctx):
    return {
        "parent": "root",
        "jobs": [{
            "name": "hello",
            "steps": [{"tool": "shell", "cmd": "echo hello"}],
            "environments": [{"system": ["any", "debian-12"], "agents_group": "all"}],
        }],
    }
"##;

#[test]
fn a_right_stage_is_ok_and_its_jobs_are_listed() {
    let user = User::without_server();
    let said = user.says_given(&["check", "-"], STAGE);
    assert!(said.ends_with(0).out.starts_with("ok with 2 jobs\n"), "{}", said.out);
    assert_eq!(user.says_given(&["check", "-", "--json"], STAGE).json()["jobs"][1]["system"], "debian-12");
}

#[test]
fn a_wrong_stage_shows_all_problems_with_line_and_path() {
    let user = User::without_server();
    fs::write(user.home.path().join("a.star"), STAGE.replace("\"parent\"", "\"parrent\"").replace("\"cmd\"", "\"cmdd\"")).unwrap();
    let said = user.says(&["check", "a.star"]);
    said.ends_with(7);
    assert!(said.err.contains("a.star:4: /parrent"), "{}", said.err);
    assert!(said.err.contains("/jobs/0/steps/0/cmdd"), "{}", said.err);

    fs::write(user.home.path().join("b.star"), "def stage(ctx)\n").unwrap();
    assert!(user.says(&["check", "b.star"]).ends_with(7).err.contains("b.star:1: "));
    user.says(&["check", "gone.star"]).ends_with(7);
}

#[test]
fn completions_are_made_for_three_shells() {
    let user = User::without_server();
    for shell in ["bash", "zsh", "fish"] {
        assert!(user.says(&["completion", shell]).ends_with(0).out.contains("kraken"));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let user = User::without_server();
    let mut child = user.command(&["completion", "bash"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(141), ""));
}

#[test]
fn the_own_version_needs_nobody() {
    let user = User::without_server();
    assert_eq!(user.says(&["version", "--client"]).ends_with(0).out, format!("kraken {}\n", env!("CARGO_PKG_VERSION")));
    user.says(&["version"]).ends_with(0);
}
