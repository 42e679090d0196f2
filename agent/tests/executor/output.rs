//! What a job prints arrives whole, in order, untouched.
#![allow(clippy::unwrap_used)]

use kraken_agent::executor::Signal;
use kraken_protocol::tool::Reason;
use serde_json::json;

use crate::host::{Host, step};

#[tokio::test]
async fn both_streams_keep_their_common_order() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("i=0; while [ $i -lt 2000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done").await;
    let expected: String = (0..2000).map(|i| format!("out {i}\nerr {i}\n")).collect();
    assert!(job.text() == expected, "swapped or lost lines");
    job.end().await;
}

#[tokio::test]
async fn bytes_stay_as_they_are() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("head -c 3000000 /dev/urandom > bytes; cat bytes; printf '\\000\\377\\r\\n\\033[31m'").await;
    let mut expected = std::fs::read(job.place.workspace.join("bytes")).unwrap();
    expected.extend_from_slice(b"\0\xff\r\n\x1b[31m");
    assert!(job.output == expected, "bytes changed");
    job.end().await;
}

#[tokio::test]
async fn a_line_of_200_megabytes_takes_little_memory() {
    let host = Host::new();
    let mut job = host.job();
    job.start(step("shell", &json!({"cmd": "head -c 200000000 /dev/zero | tr '\\0' x", "timeout": 300})));
    let (mut bytes, mut largest) = (0, 0);
    let end = loop {
        match job.next().await.unwrap() {
            Signal::Output => {
                assert!(job.output.iter().all(|byte| *byte == b'x'));
                bytes += job.output.len();
                job.output.clear();
                largest = largest.max(job.output.capacity());
            }
            Signal::StepFinished { end, .. } => break end,
            _ => {}
        }
    };
    assert_eq!((end.reason, bytes), (Reason::Ok, 200_000_000));
    assert!(largest <= 1 << 20, "a buffer of {largest} bytes");
    job.end().await;
}

#[tokio::test]
async fn all_output_of_a_step_comes_before_its_end() {
    let host = Host::new();
    let mut job = host.job();
    for round in 0..20 {
        job.output.clear();
        job.sh(&format!("head -c 100000 /dev/zero | tr '\\0' y; echo; echo last {round}")).await;
        assert!(job.text().ends_with(&format!("last {round}\n")));
        assert_eq!(job.output.len(), 100_000 + format!("\nlast {round}\n").len());
    }
    job.end().await;
}

#[tokio::test]
async fn a_command_may_close_its_output_and_go_on() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("mkfifo gate; (sleep 0.2; echo open > gate) & exec >&- 2>&-; read x < gate; echo $x > done").await;
    assert_eq!(std::fs::read_to_string(job.place.workspace.join("done")).unwrap(), "open\n");
    job.end().await;
}

#[tokio::test]
async fn a_forgotten_child_that_writes_for_ever_holds_up_no_step() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("yes & echo started").await;
    assert!(job.text().contains("started"));
    job.output.clear();
    job.sh("true").await;
    job.output.clear();
    job.end().await;
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let host = Host::new();
    let mut job = host.job();
    let end = job.shell(json!({"cmd": "no-such-program --now"})).await;
    assert_eq!((end.reason, end.retcode), (Reason::StepError, 127));
    assert!(job.text().contains("no-such-program"), "{}", job.text());
    let end = job.shell(json!({"cmd": "true", "shell_exe": "no-such-shell"})).await;
    assert_eq!(end.reason, Reason::ToolMissing);
    assert!(end.message.contains("no-such-shell") && end.message.contains("install"), "{end:?}");
    let end = job.run(step("no-such-tool", &json!({}))).await;
    assert_eq!(end.reason, Reason::ToolMissing);
    assert!(end.message.contains("no-such-tool"), "{end:?}");
    job.end().await;
}
