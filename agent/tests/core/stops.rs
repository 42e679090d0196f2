//! Jobs that end before their time.

use std::time::Instant;

use kraken_agent::signals::Wish;
use nix::sys::signal::Signal;
use serde_json::json;

use crate::{
    far::{Far, eventually, eventually_async, told},
    setup::{Agent, Process},
};

const SLOW: &str = "trap 'echo stopped; exit 1' TERM; echo begun; sleep 1000 & wait; echo not reached";

async fn begun(far: &Far, order: &kraken_protocol::agent::JobOrder) {
    eventually_async("the job to print", || async { far.live_log(order).await.filter(|log| log.contains("begun")) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_stops_within_two_seconds() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order =
        far.order(1, json!([{"tool": "shell", "cmd": SLOW, "timeout": 900}, {"tool": "shell", "cmd": "echo after", "when": "always"}]));
    far.give(order.clone()).await;
    begun(&far, &order).await;
    far.facts().stop = true;
    let wanted = Instant::now();
    far.wake().await;
    let done = far.finished(0).await;
    println!("cancelled after {:?}", wanted.elapsed());
    assert_eq!(told(&done.verdict, &done.steps), "cancelled: error skipped");
    assert!(far.log(&order).await.contains("kraken: the job was cancelled"));
    assert!(!far.log(&order).await.contains("not reached"));
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ignores_term_is_killed() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(1, json!([{"tool": "shell", "cmd": "trap '' TERM; echo begun; while :; do sleep 1; done", "timeout": 900}]));
    far.give(order.clone()).await;
    begun(&far, &order).await;
    far.facts().stop = true;
    far.wake().await;
    assert_eq!(far.finished(0).await.verdict.outcome.as_str(), "cancelled");
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_wish_finishes_the_job_and_the_second_cancels_it() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(1, json!([{"tool": "shell", "cmd": SLOW, "timeout": 900}]));
    far.give(order.clone()).await;
    begun(&far, &order).await;
    agent.wishes.send_replace(Wish::Finish);
    let other = far.order(2, json!([{"tool": "shell", "cmd": "true"}]));
    far.facts().waiting.push_back(other);
    agent.wishes.send_replace(Wish::Cancel);
    agent.running.await.unwrap().unwrap();
    let finished = far.facts().finished.clone();
    assert_eq!(finished.len(), 1, "no other job is taken");
    assert_eq!(told(&finished[0].verdict, &finished[0].steps), "cancelled: error");
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_do_the_same_to_a_process() {
    let far = Far::start().await;
    let mut agent = Process::start(&far, &[]);
    let order = far.order(1, json!([{"tool": "shell", "cmd": SLOW, "timeout": 900}]));
    far.give(order.clone()).await;
    begun(&far, &order).await;
    agent.signal(Signal::SIGTERM);
    agent.signal(Signal::SIGINT);
    assert_eq!(far.finished(0).await.verdict.outcome.as_str(), "cancelled");
    assert!(agent.0.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_somebody_else_holds_is_dropped() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(1, json!([{"tool": "shell", "cmd": SLOW, "timeout": 900}]));
    far.give(order.clone()).await;
    begun(&far, &order).await;
    far.facts().stale = true;
    far.wake().await;
    eventually("the marker to go", || (!far.path("state/held.json").exists()).then_some(())).await;
    far.facts().stale = false;
    far.facts().held = None;
    let next = far.done(far.order(2, json!([{"tool": "shell", "cmd": "true"}]))).await;
    assert_eq!(next.job.number, 2);
    assert_eq!(far.facts().finished.len(), 1);
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_cannot_be_renewed_stops_the_job_here_and_gives_it_back() {
    let far = Far::start().await;
    far.facts().intervals.lease_s = 3;
    far.facts().intervals.heartbeat_s = 1;
    let agent = Agent::start(&far);
    let order =
        far.order(1, json!([{"tool": "shell", "cmd": "echo begun; echo $$ > /proc/self/cwd/../../pid; sleep 1000", "timeout": 900}]));
    far.give(order.clone()).await;
    begun(&far, &order).await;
    let pid: i32 = std::fs::read_to_string(far.path("state/pid")).unwrap().trim().parse().unwrap();
    far.relay.pull();
    eventually("the job's shell to end", || nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err().then_some(())).await;
    far.relay.plug_in();
    eventually("the job to be given back", || far.facts().abandoned.first().copied()).await;
    assert!(far.facts().finished.is_empty());
    assert!(far.log(&order).await.contains("could not reach the server"), "its log is there all the same");
    agent.end().await.unwrap();
}
