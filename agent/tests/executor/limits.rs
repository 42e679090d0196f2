//! Limits of a job.
#![allow(clippy::unwrap_used)]

use kraken_protocol::tool::Reason;
use serde_json::json;

use crate::host::{Host, a_word, processes_with};

#[tokio::test]
async fn a_job_that_fills_its_workspace_is_stopped_and_told_why() {
    let host = Host::with(|settings| settings.workspace_max_bytes = Some(20 << 20));
    let mut job = host.job();
    job.sh("head -c 10000000 /dev/urandom > fits").await;
    let word = a_word();
    let fill = format!("exec sh -c 'trap \"\" TERM; while :; do head -c 5000000 /dev/urandom >> much; sleep 0.05; done' {word}");
    let end = job.shell(json!({"cmd": fill})).await;
    assert_eq!(end.reason, Reason::StepError);
    assert!(end.message.starts_with("the workspace is full: ") && end.message.ends_with(" bytes on disk, 20971520 allowed"), "{end:?}");
    assert_eq!(processes_with(&word), [""; 0]);
    // A step that makes room is let through, one that takes more is not, and then all is as before.
    job.sh("sleep 1; ls; rm much").await;
    job.sh("head -c 5000000 /dev/urandom > more; sleep 1").await;
    let end = job.shell(json!({"cmd": "while :; do head -c 5000000 /dev/urandom >> much; sleep 0.05; done"})).await;
    assert!(end.message.starts_with("the workspace is full: "), "{end:?}");
    job.end().await;
}
