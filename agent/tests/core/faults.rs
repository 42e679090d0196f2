//! Agents, servers and networks that break.

use std::process::Command;

use jiff::SignedDuration;
use kraken_agent::{
    agent::{AgentError, Settings},
    api::ApiError,
    identity::EnrolmentToken,
};
use serde_json::json;

use crate::{
    far::{Far, eventually, eventually_async, told},
    setup::{Agent, Process, settings},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_agent_takes_its_job_along_and_its_successor_gives_it_back_with_its_log() {
    let far = Far::start().await;
    let mut agent = Process::start(&far, &[]);
    let order = far.order(1, json!([{"tool": "shell", "cmd": "seq 1 10000; echo begun; echo $$ > ../../pid; sleep 1000", "timeout": 900}]));
    far.give(order.clone()).await;
    eventually_async("the job to print", || async { far.live_log(&order).await.filter(|log| log.contains("begun")) }).await;
    let pid: i32 = std::fs::read_to_string(far.path("state/pid")).unwrap().trim().parse().unwrap();
    agent.kill();
    let _successor = Process::start(&far, &[]);
    eventually("the job to be given back", || far.facts().abandoned.first().copied()).await;
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err(), "its shell still runs");
    let log = far.log(&order).await;
    let expected: String = (1..=10_000).map(|n| format!("{n}\n")).collect();
    assert_eq!(log, format!("{expected}begun\nkraken: the agent was interrupted here\n"));
    let next = far.done(far.order(2, json!([{"tool": "shell", "cmd": "true"}]))).await;
    assert_eq!(next.job.number, 2);
    assert_eq!(far.facts().finished.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_while_the_network_is_gone_and_is_reported_after() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let cmd = "echo begun; while ! test -e ../../go; do sleep 0.02; done; seq 1 20000";
    let order = far.order(1, json!([{"tool": "shell", "cmd": cmd, "timeout": 900}]));
    far.give(order.clone()).await;
    eventually_async("the job to print", || async { far.live_log(&order).await.filter(|log| log.contains("begun")) }).await;
    far.relay.pull();
    std::fs::write(far.path("state/go"), "").unwrap();
    eventually("the marker to say how it went", || {
        let marker = std::fs::read_to_string(far.path("state/held.json")).unwrap_or_default();
        marker.contains("\"done\"").then_some(())
    })
    .await;
    far.relay.plug_in();
    let done = far.finished(0).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done");
    assert_eq!(far.log(&order).await.lines().count(), 20_001);
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_after_its_job_is_over_reports_it_when_it_is_back() {
    let far = Far::start().await;
    let mut agent = Process::start(&far, &[]);
    let cmd = "echo begun; while ! test -e ../../go; do sleep 0.02; done; echo done";
    let order = far.order(1, json!([{"tool": "shell", "cmd": cmd, "timeout": 900}]));
    far.give(order.clone()).await;
    eventually_async("the job to print", || async { far.live_log(&order).await.filter(|log| log.contains("begun")) }).await;
    far.relay.pull();
    std::fs::write(far.path("state/go"), "").unwrap();
    eventually("the marker to say how it went", || {
        let marker = std::fs::read_to_string(far.path("state/held.json")).unwrap_or_default();
        marker.contains("\"done\"").then_some(())
    })
    .await;
    agent.kill();
    far.relay.plug_in();
    let _successor = Process::start(&far, &[]);
    let done = far.finished(0).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done");
    assert!(far.facts().abandoned.is_empty());
    assert_eq!(far.log(&order).await, "begun\ndone\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_unwell_is_asked_again() {
    let far = Far::start().await;
    far.facts().unwell = 4;
    let agent = Agent::start(&far);
    let done = far.done(far.order(1, json!([{"tool": "shell", "cmd": "true"}]))).await;
    assert!(done.verdict.outcome.is_ok());
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_wake_up_is_repaired_by_the_heartbeat() {
    let far = Far::start().await;
    far.facts().intervals.idle_heartbeat_s = 1;
    let agent = Agent::start(&far);
    eventually("the first claim", || (far.facts().claims == 1).then_some(())).await;
    let order = far.order(1, json!([{"tool": "shell", "cmd": "true"}]));
    far.facts().waiting.push_back(order);
    far.finished(0).await;
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_five_minutes_off_is_no_matter() {
    for minutes in [5, -5] {
        let far = Far::ahead_by(SignedDuration::from_mins(minutes)).await;
        let agent = Agent::start(&far);
        let order = far.order(1, json!([{"tool": "shell", "cmd": "echo hello"}]));
        let done = far.done(order.clone()).await;
        assert!(done.verdict.outcome.is_ok());
        assert_eq!(far.log(&order).await, "hello\n");
        agent.end().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_renewed_before_they_end() {
    let far = Far::start().await;
    far.facts().credentials_s = 8;
    let agent = Agent::start(&far);
    eventually("a second session", || (far.facts().sessions >= 3).then_some(())).await;
    let order = far.order(1, json!([{"tool": "shell", "cmd": "echo hello"}]));
    far.done(order.clone()).await;
    assert_eq!(far.log(&order).await, "hello\n");
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_agents_cannot_share_a_state_directory_or_a_token() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    eventually("the first claim", || (far.facts().claims == 1).then_some(())).await;
    let second = Agent::with(settings(&far)).running.await.unwrap().unwrap_err();
    assert!(second.to_string().contains("is used by process"), "{second}");

    let other = far.path("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::copy(far.path("state/agent.json"), other.join("agent.json")).unwrap();
    let third = Agent::with(Settings { state_dir: other, ..settings(&far) }).running.await.unwrap().unwrap_err();
    assert!(matches!(third, AgentError::Api(ApiError::AgentInUse(_))), "{third}");
    assert!(third.is_final());
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_are_refused_in_words_that_help() {
    let far = Far::start().await;
    let wrong = Settings { enrolment: EnrolmentToken::new("wr0ng"), ..settings(&far) };
    let error = Agent::with(wrong).running.await.unwrap().unwrap_err();
    assert!(error.is_final() && error.to_string().contains("no such enrolment token"), "{error}");
    assert!(!error.to_string().contains("wr0ng"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_agent_stops_its_job_and_ends() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(1, json!([{"tool": "shell", "cmd": "echo begun; echo $$ > ../../pid; sleep 1000", "timeout": 900}]));
    far.give(order.clone()).await;
    eventually_async("the job to print", || async { far.live_log(&order).await.filter(|log| log.contains("begun")) }).await;
    let pid: i32 = std::fs::read_to_string(far.path("state/pid")).unwrap().trim().parse().unwrap();
    far.facts().deleted = true;
    far.wake().await;
    let error = agent.running.await.unwrap().unwrap_err();
    assert!(matches!(error, AgentError::Api(ApiError::Unauthorised(_))) && error.is_final(), "{error}");
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err(), "its shell still runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_does_not_run_is_named_before_anything_else() {
    let far = Far::start().await;
    let tool = far.path("kraken-tool");
    std::fs::write(&tool, "not a program").unwrap();
    let error = Agent::with(Settings { tool: Some(tool.clone()), ..settings(&far) }).running.await.unwrap().unwrap_err();
    assert!(error.to_string().contains(tool.to_str().unwrap()), "{error}");
    assert_eq!(far.facts().sessions, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_works() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    eventually("the first claim", || (far.facts().claims == 1).then_some(())).await;
    let check = |server: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kraken-agent"));
        command.args(["check", "--server", server, "--state-dir"]).arg(far.path("state"));
        command
    };
    let address = far.address.clone();
    let good = tokio::task::spawn_blocking({
        let mut command = check(&address);
        move || command.output().unwrap()
    });
    let good = good.await.unwrap();
    let said = String::from_utf8(good.stdout).unwrap();
    for what in ["server", "authorised", "queue", "store"] {
        assert!(said.lines().any(|line| line.starts_with(&format!("ok      {what}:"))), "{what} in {said}");
    }
    let bad = check("http://127.0.0.1:1").output().unwrap();
    assert!(!bad.status.success());
    assert!(String::from_utf8(bad.stdout).unwrap().contains("BROKEN  server: the server cannot be reached"));
    agent.end().await.unwrap();
}
