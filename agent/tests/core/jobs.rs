//! Jobs that run to their end.

use serde_json::json;

use crate::{
    far::{Far, eventually, told},
    setup::{Agent, settings},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_and_its_log_is_stored_before_it_is_finished() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(1, json!([{"tool": "shell", "cmd": "echo #{args.greeting} world"}]));
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done");
    assert_eq!(far.log(&order).await, "hello world\n");
    assert_eq!(done.steps[0].retcode, Some(0));
    agent.end().await.unwrap();
    let stored: Vec<String> = far.facts().puts.iter().map(|put| put.rsplit('/').next().unwrap().to_owned()).collect();
    let count = |name: &str| stored.iter().filter(|put| put.starts_with(name)).count();
    // On a busy machine the job may last long enough for its lines to be shown while it runs; then there is more than these two.
    assert_eq!(count("log.gz"), 1, "{stored:?}");
    let shown_meanwhile = count("tail") > 0 || count("index.json") > 1;
    assert!(shown_meanwhile || stored.len() == 2, "one log and one index: {stored:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_considered_each_by_its_own_when() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(
        1,
        json!([
            {"tool": "shell", "cmd": "echo one"},
            {"tool": "shell", "name": "fails", "cmd": "exit 3"},
            {"tool": "shell", "cmd": "echo never seen"},
            {"tool": "shell", "cmd": "echo 'it was #{job.steps[1].result.retcode}'", "when": "was_any_error and not prev_ok or always"},
            {"tool": "shell", "cmd": "echo #{no.such.thing}", "when": "always"},
            {"tool": "shell", "cmd": "echo last", "when": "not prev_ok"},
        ]),
    );
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "step_error: done error skipped done error done");
    assert!(done.verdict.message.unwrap().contains("step 2 (fails)"));
    assert!(done.steps[4].message.as_ref().unwrap().contains("no.such.thing"), "{:?}", done.steps[4]);
    let log = far.log(&order).await;
    assert!(log.contains("it was 3\n") && log.contains("last\n") && !log.contains("never seen"), "{log}");
    let marks: Vec<u32> = far.index(&order).await.unwrap().steps.iter().map(|mark| mark.step).collect();
    assert_eq!(marks, [0, 1, 3, 5]);
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_tried_as_often_as_it_says() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let cmd = "echo try; test -e once || { touch once; exit 1; }";
    let order = far.order(1, json!([{"tool": "shell", "cmd": cmd, "attempts": 3}]));
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done");
    assert_eq!(done.steps[0].attempts, 2);
    assert_eq!(far.log(&order).await.matches("try\n").count(), 2);
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_are_up_end_steps_and_jobs() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let slow = far
        .order(1, json!([{"tool": "shell", "cmd": "sleep 100", "timeout": 1}, {"tool": "shell", "cmd": "echo after", "when": "always"}]));
    let done = far.done(slow.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "step_timeout: error done");
    let mut order = far.order(2, json!([{"tool": "shell", "cmd": "sleep 100"}, {"tool": "shell", "cmd": "echo after", "when": "always"}]));
    order.timeout_s = 1;
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "job_timeout: error skipped");
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let done = far.done(far.order(1, json!([{"tool": "no_such_tool"}]))).await;
    assert_eq!(told(&done.verdict, &done.steps), "tool_missing: error");
    let mut order = far.order(2, json!([{"tool": "shell", "cmd": "true"}]));
    order.executor = kraken_domain::place::Executor::Docker;
    let done = far.done(order).await;
    assert_eq!(told(&done.verdict, &done.steps), "executor_error: skipped");
    assert!(done.verdict.message.unwrap().contains("docker"));
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_closes_its_output_goes_on() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(
        1,
        json!([
            {"tool": "shell", "cmd": "echo seen; exec >&- 2>&-; sleep 0.2; echo x > file; exit 4"},
            {"tool": "shell", "cmd": "cat file", "when": "always"},
        ]),
    );
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "step_error: error done");
    assert_eq!(done.steps[0].retcode, Some(4));
    let log = far.log(&order).await;
    assert!(log.starts_with("seen\n") && log.ends_with("x\n"), "{log}");
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_jobs_come_one_after_the_other_and_leave_nothing() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    for number in 1..=20 {
        far.give(far.order(number, json!([{"tool": "shell", "cmd": "echo hello; echo x > file"}]))).await;
    }
    far.finished(19).await;
    // A wake-up for each job may have been one piece of news: the heartbeat's repair is not needed for that.
    assert!(far.facts().finished.iter().all(|done| done.verdict.outcome.is_ok()));
    agent.end().await.unwrap();
    eventually("workspaces to be removed", || {
        let left = std::fs::read_dir(far.path("state/work")).unwrap().count();
        (left == 0).then_some(())
    })
    .await;
    assert_eq!(std::fs::read_dir(far.path("state/spool")).unwrap().count(), 0);
    assert!(!far.path("state/held.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn run_once_ends_after_one_job() {
    let far = Far::start().await;
    let agent = Agent::with(kraken_agent::agent::Settings { once: true, ..settings(&far) });
    far.give(far.order(1, json!([{"tool": "shell", "cmd": "true"}]))).await;
    far.give(far.order(2, json!([{"tool": "shell", "cmd": "true"}]))).await;
    agent.running.await.unwrap().unwrap();
    assert_eq!(far.facts().finished.len(), 1);
    assert_eq!(far.facts().waiting.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_without_a_token_waits_to_be_authorised() {
    let far = Far::start().await;
    far.facts().intervals.poll_wait_s = 1;
    let agent = Agent::with(kraken_agent::agent::Settings { enrolment: None, ..settings(&far) });
    far.give(far.order(1, json!([{"tool": "shell", "cmd": "true"}]))).await;
    eventually("a session", || (far.facts().sessions > 0).then_some(())).await;
    assert_eq!(far.facts().claims, 0);
    far.facts().authorised = true;
    far.finished(0).await;
    agent.end().await.unwrap();
}
