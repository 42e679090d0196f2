//! An agent that is killed takes its job along.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use kraken_agent::executor::{LocalExecutor, LocalSettings};
use serde_json::json;

use crate::host::{Host, Place, a_word, kraken_tool, processes_with, step, until};

const FOLDER_VAR: &str = "STAND_IN_FOLDER";
const COMMAND_VAR: &str = "STAND_IN_COMMAND";

/// Not a test: what an agent does, for a process of its own that can be killed.
#[tokio::test]
#[ignore = "run by the tests of this file"]
async fn stand_in_agent() {
    let folder = std::env::var(FOLDER_VAR).unwrap();
    let host = Host::with(|settings| settings.folder = folder.clone().into());
    let mut job = host.job();
    println!("workspace {}", job.place.workspace.display());
    match std::env::var(COMMAND_VAR) {
        Ok(command) => job.start(step("shell", &json!({"cmd": command, "timeout": 1000}))),
        Err(_) => println!("ready"),
    }
    loop {
        job.next().await.unwrap();
        print!("{}", job.text());
        job.output.clear();
    }
}

struct Agent {
    process: Child,
    place: Place,
}

fn an_agent(folder: &Path, command: Option<&str>) -> Agent {
    let mut start = Command::new(std::env::current_exe().unwrap());
    start.args(["--exact", "killed::stand_in_agent", "--ignored", "--nocapture"]).env(FOLDER_VAR, folder).stdout(Stdio::piped());
    start.envs(command.map(|command| (COMMAND_VAR, command)));
    let mut process = start.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    let workspace = lines.find_map(|line| line.split_once("workspace ").map(|(_, path)| path.to_owned())).unwrap();
    assert!(lines.any(|line| line.contains("ready")));
    // The rest of its output goes nowhere; it is killed before it could mind.
    Agent { process, place: Place::of(Path::new(&workspace)) }
}

impl Agent {
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn an_idle_job_is_gone_with_its_agent() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = an_agent(folder.path(), None);
    agent.kill();
    until("nothing is left", || agent.place.is_gone()).await;
}

#[tokio::test]
async fn a_busy_job_is_gone_with_its_agent() {
    let folder = tempfile::tempdir().unwrap();
    let word = a_word();
    let stubborn = format!(
        "setsid env -i sh -c 'trap \"\" TERM; while :; do sleep 1000; done' {word} & \
         mkdir locked; touch locked/file; chmod 0 locked; trap '' TERM HUP; echo ready; while :; do sleep 1000; done"
    );
    let mut agent = an_agent(folder.path(), Some(&stubborn));
    assert!(!agent.place.processes().is_empty());
    agent.kill();
    until("nothing is left", || agent.place.is_gone() && processes_with(&word).is_empty()).await;
}

#[tokio::test]
async fn a_job_that_floods_is_gone_with_its_agent() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = an_agent(folder.path(), Some("trap '' PIPE; echo ready; while :; do echo more; done"));
    agent.kill();
    until("nothing is left", || agent.place.is_gone()).await;
}

#[tokio::test]
async fn the_next_agent_sweeps_up_after_agent_and_supervisor_were_both_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = an_agent(folder.path(), Some("setsid sleep 1000 & echo ready; while :; do sleep 1000; done"));
    // It would notice, and sweep up itself.
    let pid = nix::unistd::Pid::from_raw(i32::try_from(agent.process.id()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGSTOP).unwrap();
    let supervisor = format!("KRAKEN_JOB_MARK={}", agent.place.mark);
    let killed = Command::new("sh")
        .arg("-c")
        .arg(format!("for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/environ | grep -qx {supervisor} && tr '\\0' ' ' < $p/cmdline | grep -q ' supervise ' && kill -9 ${{p#/proc/}}; done 2>/dev/null; true"))
        .status();
    assert!(killed.unwrap().success());
    agent.kill();
    assert!(agent.place.workspace.exists());

    let next = LocalExecutor::new(LocalSettings::new(kraken_tool(), folder.path())).unwrap();
    crate::host::within(next.sweep()).await.unwrap();
    agent.place.assert_nothing_left();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
