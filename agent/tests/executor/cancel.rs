//! Cancelling, at every moment of a job.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use kraken_agent::executor::Signal;
use kraken_protocol::tool::{Finished, Reason};
use serde_json::json;

use crate::host::{Host, Running, a_word, processes_with, step};

const STUBBORN: &str = "trap '' TERM; echo ready; while :; do sleep 1000; done";

async fn cancelled(job: &mut Running) -> Finished {
    job.job.cancel();
    let end = job.finished().await;
    job.place.assert_no_process();
    end
}

#[tokio::test]
async fn a_step_that_ignores_term_is_gone_within_two_seconds() {
    let host = Host::with(|settings| settings.grace = Duration::from_secs(1));
    let mut job = host.job();
    let word = a_word();
    job.start(step("shell", &json!({"cmd": format!("exec sh -c \"{STUBBORN}\" {word}")})));
    job.until_output("ready").await;
    let asked = Instant::now();
    let end = cancelled(&mut job).await;
    // The promise is 2 s; the rest is for a loaded machine.
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert_eq!((end.reason, end.message.as_str()), (Reason::Cancelled, "cancelled"));
    assert_eq!(processes_with(&word), [""; 0]);
    job.end().await;
}

#[tokio::test]
async fn a_step_may_use_the_grace() {
    let host = Host::with(|settings| settings.grace = Duration::from_secs(30));
    let mut job = host.job();
    job.start(step("shell", &json!({"cmd": "trap 'echo tidied up; exit 0' TERM; echo ready; while :; do sleep 0.01; done"})));
    job.until_output("ready").await;
    assert_eq!(cancelled(&mut job).await.reason, Reason::Cancelled);
    assert!(job.end().await.ends_with("tidied up\n"));
}

#[tokio::test]
async fn every_signal_reaches_a_step() {
    let host = Host::new();
    let mut job = host.job();
    job.start(step("shell", &json!({"cmd": "exec grep SigBlk /proc/self/status"})));
    job.until_output("SigBlk:\t0000000000000000").await;
    job.end().await;
}

#[tokio::test]
async fn before_the_first_step() {
    let host = Host::new();
    let mut job = host.job();
    job.job.cancel();
    let end = job.shell(json!({"cmd": "touch ran"})).await;
    assert_eq!(end.reason, Reason::Cancelled);
    assert!(!job.place.workspace.join("ran").exists());
    job.end().await;
}

#[tokio::test]
async fn while_the_step_is_being_started() {
    let host = Host::new();
    for delay_us in [0, 100, 300, 700, 1000, 1500, 2000, 3000, 5000, 8000, 12000] {
        let mut job = host.job();
        job.start(step("shell", &json!({"cmd": STUBBORN})));
        // Not waiting for anything: hitting as many moments of the start as possible.
        let until = Instant::now() + Duration::from_micros(delay_us);
        while Instant::now() < until {
            tokio::task::yield_now().await;
        }
        assert_eq!(cancelled(&mut job).await.reason, Reason::Cancelled);
        job.end().await;
    }
}

#[tokio::test]
async fn while_output_pours() {
    let host = Host::new();
    let mut job = host.job();
    job.start(step("shell", &json!({"cmd": "yes"})));
    while job.output.len() < 1 << 20 {
        job.next().await.unwrap();
    }
    job.job.cancel();
    let end = loop {
        match job.next().await.unwrap() {
            Signal::StepFinished { end, .. } => break end,
            _ => job.output.clear(),
        }
    };
    assert_eq!(end.reason, Reason::Cancelled);
    job.end().await;
}

#[tokio::test]
async fn between_steps_with_one_in_the_background() {
    let host = Host::new();
    let mut job = host.job();
    let word = a_word();
    job.shell(json!({"cmd": format!("exec sh -c \"{STUBBORN}\" {word}"), "background": true})).await;
    job.sh("true").await;
    job.job.cancel();
    assert_eq!(job.shell(json!({"cmd": "true"})).await.reason, Reason::Cancelled);
    assert_eq!(processes_with(&word), [""; 0]);
    job.end().await;
}

#[tokio::test]
async fn twice_and_at_the_end() {
    let host = Host::new();
    let mut job = host.job();
    job.start(step("shell", &json!({"cmd": STUBBORN})));
    job.until_output("ready").await;
    job.job.cancel();
    job.job.cancel();
    assert_eq!(job.finished().await.reason, Reason::Cancelled);
    job.job.cancel();
    job.end().await;
}

#[tokio::test]
async fn ending_a_job_in_the_middle_of_a_step() {
    let host = Host::new();
    let mut job = host.job();
    job.start(step("shell", &json!({"cmd": STUBBORN})));
    job.until_output("ready").await;
    job.end().await;
}

#[tokio::test]
async fn while_git_fetches_from_a_host_that_never_answers() {
    let host = Host::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/a.git", silent.local_addr().unwrap());
    let mut job = host.job();
    job.start(step("git", &json!({"checkout": address})));
    let heard = tokio::task::spawn_blocking(move || silent.accept().map(|(stream, _)| stream));
    let _open = crate::host::within(heard).await.unwrap().unwrap();
    assert_eq!(cancelled(&mut job).await.reason, Reason::Cancelled);
    job.end().await;
}
