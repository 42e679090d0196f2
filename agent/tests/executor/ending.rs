//! Whatever a job does to stay alive, it is gone at its end.
#![allow(clippy::unwrap_used)]

use bytes::BytesMut;
use kraken_agent::executor::{ExecutorError, Signal};
use kraken_protocol::tool::Reason;
use serde_json::json;

use crate::host::{Host, a_word, processes_with, within};

/// A process that left session, group, streams and environment behind, and ignores what it can.
fn daemon(word: &str) -> String {
    format!(
        "setsid env -i sh -c 'trap \"\" TERM HUP INT; (while :; do sleep 1000; done) & echo $! > {word}.pid; while :; do sleep 1000; done' \
         {word} </dev/null >/dev/null 2>&1 & until test -s {word}.pid; do :; done"
    )
}

/// For what a story knows to be left: the sessions of processes with that word.
fn kill_all(word: &str) {
    use nix::unistd::{Pid, getpgid};
    for folder in std::fs::read_dir("/proc").unwrap().flatten() {
        let arguments = std::fs::read(folder.path().join("cmdline")).unwrap_or_default();
        let pid = folder.file_name().to_str().and_then(|name| name.parse().ok()).map(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| String::from_utf8_lossy(&arguments).contains(word))
            && let Ok(group) = getpgid(Some(pid))
        {
            let _gone = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

#[tokio::test]
async fn a_daemon_lives_as_long_as_the_job_and_no_longer() {
    let host = Host::new();
    let mut job = host.job();
    let word = a_word();
    job.sh(&daemon(&word)).await;
    job.sh("true").await;
    assert!(!processes_with(&word).is_empty(), "it ended before the job");
    job.end().await;
    assert_eq!(processes_with(&word), [""; 0]);
}

#[tokio::test]
async fn a_background_step_lives_until_the_end_of_the_job() {
    let host = Host::new();
    let mut job = host.job();
    let word = a_word();
    let end =
        job.shell(json!({"cmd": format!("exec sh -c 'echo serving; while :; do sleep 1000; done' {word}"), "background": true})).await;
    assert_eq!(end.reason, Reason::Ok);
    job.sh("true").await;
    job.until_output("serving").await;
    assert_eq!(processes_with(&word).len(), 1);
    job.end().await;
    assert_eq!(processes_with(&word), [""; 0]);
}

#[tokio::test]
async fn a_step_whose_time_is_up_takes_its_processes_along_but_no_older_ones() {
    let host = Host::new();
    let mut job = host.job();
    let (older, word) = (a_word(), a_word());
    job.sh(&daemon(&older)).await;
    let end = job.shell(json!({"cmd": format!("{}; sleep 1000", daemon(&word)), "timeout": 1})).await;
    assert_eq!((end.reason, end.retcode, end.message.as_str()), (Reason::StepTimeout, 124, "took longer than 1 s"));
    assert_eq!(processes_with(&word), [""; 0]);
    assert!(!processes_with(&older).is_empty());
    job.sh("echo next").await;
    assert!(job.end().await.ends_with("next\n"));
}

#[tokio::test]
async fn folders_that_the_job_locked_are_removed() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("mkdir -p a/b/c; touch a/b/c/d; ln -s / a/root; chmod 0 a/b/c a/b a; touch -- '-rf *'").await;
    job.end().await;
}

#[tokio::test]
async fn mounts_of_the_job_are_let_go() {
    let host = Host::new();
    let mut job = host.job();
    let end = job.shell(json!({"cmd": "mkdir m && mount -t tmpfs none m && mkdir m/n && mount -t tmpfs none m/n && touch m/n/x"})).await;
    if end.reason != Reason::Ok {
        eprintln!("this user may not mount: {}", job.text());
    }
    job.end().await;
}

#[tokio::test]
async fn what_cannot_be_removed_is_said_aloud() {
    let host = Host::new();
    let mut job = host.job();
    let file = job.place.workspace.join("forever");
    let end = job.shell(json!({"cmd": "touch forever && chattr +i forever"})).await;
    if end.reason != Reason::Ok {
        eprintln!("no immutable files here: {}", job.text());
        job.end().await;
        return;
    }
    job.job.end();
    while !matches!(job.next().await.unwrap(), Signal::Ended { .. }) {}
    let error = within(job.job.close()).await.unwrap_err();
    assert!(matches!(error, ExecutorError::LeftBehind { .. }) && error.to_string().contains(file.to_str().unwrap()), "{error}");
    assert!(std::process::Command::new("chattr").arg("-i").arg(&file).status().unwrap().success());
}

#[tokio::test]
async fn a_job_that_kills_its_supervisor_is_ended_and_says_so() {
    let host = Host::new();
    let mut job = host.job();
    let (word, place) = (a_word(), job.place.clone());
    // The tool is the shell's parent, the supervisor the tool's.
    let kill = format!("{}; kill -9 $(awk '{{print $4}}' /proc/$PPID/stat); while :; do sleep 1000; done", daemon(&word));
    job.start(crate::host::step("shell", &json!({"cmd": kill})));
    let error = loop {
        match job.next().await {
            Ok(Signal::Output | Signal::Event(_)) => {}
            other => break other.unwrap_err(),
        }
    };
    assert!(matches!(&error, ExecutorError::SupervisorLost { left_behind, .. } if left_behind.is_empty()), "{error}");
    if processes_with(&word).is_empty() {
        place.assert_nothing_left();
    } else {
        // It took its mark off, and without a control group nothing else tells whose it is. Not ours to leave either.
        assert_eq!(place.cgroups(), Vec::<std::path::PathBuf>::new());
        kill_all(&word);
    }
}

#[tokio::test]
async fn a_job_that_stops_its_supervisor_is_ended_all_the_same() {
    let host = Host::with(|settings| settings.patience = std::time::Duration::from_millis(500));
    let mut job = host.job();
    let place = job.place.clone();
    job.start(crate::host::step("shell", &json!({"cmd": "echo go; kill -STOP $(awk '{print $4}' /proc/$PPID/stat); sleep 1000"})));
    job.until_output("go").await;
    job.job.cancel();
    let mut output = BytesMut::new();
    let error = loop {
        match within(job.job.next(&mut output)).await {
            Ok(Signal::StepFinished { .. }) => job.job.cancel(),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, ExecutorError::SupervisorLost { how, .. } if how == "it does not answer"), "{error}");
    place.assert_nothing_left();
}

#[tokio::test]
async fn two_jobs_do_not_touch_each_other() {
    let host = Host::new();
    let (mut one, mut other) = (host.job(), host.job());
    let word = a_word();
    other.sh(&daemon(&word)).await;
    one.sh(&daemon(&a_word())).await;
    one.end().await;
    assert!(!processes_with(&word).is_empty());
    other.end().await;
    assert_eq!(processes_with(&word), [""; 0]);
}

#[tokio::test]
async fn a_spare_supervisor_serves_the_next_job() {
    let host = Host::new();
    host.executor.warm_up();
    host.executor.warm_up();
    let mut job = host.job();
    job.sh("echo hello").await;
    assert_eq!(job.end().await, "hello\n");
    host.executor.warm_up();
    let spare = std::fs::read_dir(host.folder.path().join("jobs")).unwrap().count();
    assert_eq!(spare, 1);
    let Host { folder, executor } = host;
    drop(executor);
    let jobs = folder.path().join("jobs");
    crate::host::until("the spare is gone", || std::fs::read_dir(&jobs).unwrap().count() == 0).await;
}
