//! The `shell` tool.
#![allow(clippy::unwrap_used)]

use kraken_protocol::tool::{Event, Reason};
use serde_json::json;

use crate::host::{Host, a_word, processes_with, step};

#[tokio::test]
async fn commands_scripts_environment_and_folders() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("mkdir sub; echo \"$0\"").await;
    let mut in_sub = step("shell", &json!({"cmd": "pwd; echo $A$B", "cwd": "sub", "env": {"B": 2}}));
    in_sub.env.insert("A".into(), "1".into());
    assert_eq!(job.run(in_sub).await.reason, Reason::Ok);
    assert!(job.text().ends_with(&format!("{}/sub\n12\n", job.place.workspace.display())), "{}", job.text());

    let end = job.shell(json!({"script": "echo one\nfalse\necho two"})).await;
    assert_eq!((end.reason, end.retcode), (Reason::StepError, 1));
    assert!(job.text().ends_with("+ echo one\none\n+ false\n"), "{}", job.text());

    let end = job.shell(json!({"script": "test -n \"$BASH_VERSION\" && echo bash", "shell_exe": "/bin/sh"})).await;
    assert_eq!(end.reason, Reason::StepError);
    let end = job.shell(json!({"cmd": "kill -9 $$"})).await;
    assert_eq!((end.retcode, end.message.as_str()), (137, "ended by signal 9 (SIGKILL)"));
    assert!(matches!(&job.events[0], Event::Started(started) if started.tool == "shell"));
    job.end().await;
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let host = Host::new();
    let mut job = host.job();
    for (fields, expected) in [
        (json!({}), "field `cmd` or `script` is missing"),
        (json!({"cmd": "a", "script": "b"}), "both"),
        (json!({"cmd": "a", "timeout": "soon"}), "field `timeout`: \"soon\" is not a whole number"),
        (json!({"cmd": "a", "cwd": "no/such"}), "cwd: "),
        (json!({"cmd": "a", "user": "nobody-here"}), "user: \"nobody-here\""),
    ] {
        let end = job.shell(fields).await;
        assert_eq!(end.reason, Reason::StepError);
        assert!(end.message.contains(expected), "{end:?}");
    }
    job.end().await;
}

#[tokio::test]
async fn a_command_with_a_secret_is_not_in_the_process_list() {
    let host = Host::new();
    let mut job = host.job();
    let secret = a_word();
    let mut with_secret = step("shell", &json!({"cmd": format!("echo {secret} | md5sum; mkfifo gate; echo ready; read x < gate")}));
    with_secret.sensitive.push("cmd".into());
    job.start(with_secret);
    job.until_output("ready").await;
    assert_eq!(processes_with(&secret), [""; 0]);
    std::fs::write(job.place.workspace.join("gate"), "go\n").unwrap();
    assert_eq!(job.finished().await.reason, Reason::Ok);
    assert!(!job.place.workspace.join(".kraken/step-0-0").exists(), "the script outlived the step");
    job.end().await;
}

#[tokio::test]
async fn the_agents_own_environment_stays_its_own() {
    let host = Host::with(|settings| {
        let names: Vec<_> = settings.environment.iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        assert!(!names.iter().any(|name| name.starts_with("KRAKEN_") || name.starts_with("AWS_")), "{names:?}");
    });
    let mut job = host.job();
    job.sh("env; ls -l /proc/self/fd | wc -l").await;
    assert!(job.text().contains("PATH="));
    assert!(!job.text().contains("KRAKEN_TOOL_EVENTS_FD"));
    // A heading, three streams, and the one that ls opened.
    assert!(job.text().ends_with("\n5\n"), "{}", job.text());
    job.end().await;
}

#[tokio::test]
async fn another_user_runs_it() {
    if !nix::unistd::Uid::effective().is_root() {
        return;
    }
    let host = Host::new();
    std::fs::set_permissions(host.folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut job = host.job();
    let end = job.shell(json!({"script": "id -un; echo $HOME", "user": "nobody"})).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?} {}", job.text());
    assert!(job.text().contains("nobody\n") && job.text().contains("/nonexistent"), "{}", job.text());
    job.end().await;
}

#[tokio::test]
async fn an_ssh_agent_holds_the_key_while_the_step_runs() {
    let host = Host::new();
    let key = host.folder.path().join("key");
    let made = std::process::Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "the-key", "-f"]).arg(&key).status();
    assert!(made.unwrap().success());
    let key = std::fs::read_to_string(key).unwrap();
    let mut job = host.job();
    let end = job.shell(json!({"cmd": "ssh-add -l", "ssh-key": {"username": "git", "key": key}})).await;
    assert_eq!(end.reason, Reason::Ok, "{end:?} {}", job.text());
    assert!(job.text().contains("the-key"), "{}", job.text());
    assert!(job.place.processes().is_empty(), "the ssh-agent outlived the step");
    let end = job.shell(json!({"cmd": "true", "ssh-key": "no key at all"})).await;
    assert!(end.message.starts_with("ssh-key: "), "{end:?}");
    job.end().await;
}
