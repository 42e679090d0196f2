//! A bus that is away, half there or forgetful; and those who tell it, dying. Runs go on, and every event arrives.

use std::collections::BTreeSet;

use anyhow::Result;
use kraken_control::{Control, ControlError, flows::StartFlow};
use kraken_domain::{
    FlowId, RunId,
    flow::{FlowKind, FlowReason},
    job::Outcome,
};
use kraken_harness::{FarBus, HandAgent, Hearer, Home, Mood, shell};
use kraken_protocol::api::RunView;
use serde_json::Value;

/// What one flow of one job tells.
const OF_A_FLOW: [&str; 5] = ["flow.started", "run.started", "job.completed", "run.completed", "flow.completed"];

/// A system whose wake-ups are all lost: nothing is looked at or told unless the test does.
struct Still {
    home: Home,
    agent: HandAgent,
    control: Control,
}

impl Still {
    async fn start() -> Result<Self> {
        let mut home = Home::start().await?;
        let agent = home.agent_by_hand().await?;
        let control = home.without_wakeups().await?;
        // What was told of the agent is no matter here.
        home.tick().await?;
        Ok(Self { home, agent, control })
    }

    /// A flow of one job that an agent has done. Nobody has looked at its run since.
    async fn flow(&self) -> Result<(FlowId, RunId)> {
        let branch = match self.home.api().list::<Value>("/api/projects").await?.is_empty() {
            true => self.home.api().branch_with("demo", &[("build", &shell("true"))]).await?,
            false => self.home.api().list::<Value>("/api/projects/demo/branches").await?[0]["id"].as_str().unwrap_or_default().to_owned(),
        };
        let start = StartFlow::new(branch.parse()?, FlowKind::Ci, FlowReason::Person);
        let (flow, runs) = self.control.start_flow(start).await?;
        let order = self.agent.take().await?;
        let request = kraken_protocol::agent::FinishRequest {
            job: order.job,
            generation: order.generation,
            verdict: kraken_domain::job::Verdict::plain(Outcome::Ok),
            steps: Vec::new(),
            more: false,
            installation: String::new(),
        };
        self.control.finish(self.agent.id, request).await?;
        Ok((flow.id, runs[0].id))
    }

    async fn state(&self, run: RunId) -> Result<String> {
        Ok(self.home.api().get::<RunView>(&format!("/api/runs/{run}")).await?.state)
    }

    fn with(&self, bus: &FarBus) -> Control {
        let mut control = self.control.clone();
        control.bus = Some(bus.client());
        control
    }

    /// So much later that whoever should have told has had the time.
    fn wait_a_little(&self) {
        self.home.move_clock(10_000);
    }
}

fn kinds(heard: &[Value]) -> Vec<&str> {
    heard.iter().map(|event| event["event"].as_str().unwrap_or_default()).collect()
}

fn ids(heard: &[Value]) -> BTreeSet<String> {
    heard.iter().map(|event| event["id"].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_that_is_away_holds_up_no_run_and_hears_everything_later() -> Result<()> {
    let still = Still::start().await?;
    let bus = FarBus::default();
    bus.becomes(Mood::Away);
    let control = still.with(&bus);
    let (_, run) = still.flow().await?;
    kraken_fn_results::run(&control, &run.to_string()).await?;
    assert_eq!(still.state(run).await?, "processed");
    assert_eq!(bus.heard(), Vec::<Value>::new());

    still.wait_a_little();
    let away = control.tick_events().await.unwrap_err();
    assert!(matches!(&away, ControlError::NoAnswer { service: "the event bus", .. }), "{away}");

    bus.becomes(Mood::Takes);
    assert_eq!(control.tick_events().await?, OF_A_FLOW.len());
    assert_eq!(kinds(&bus.heard()), OF_A_FLOW);
    assert_eq!(control.tick_events().await?, 0, "what was told is told no more");
    still.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_told_the_tick_tells() -> Result<()> {
    let still = Still::start().await?;
    let hearer = Hearer::of(&still.home).await?;
    // Whoever committed died before it could tell.
    let (_, run) = still.flow().await?;
    still.control.reconcile_run(run).await?;
    assert_eq!(hearer.heard(), Vec::<Value>::new());
    still.home.tick().await?;
    assert_eq!(hearer.heard(), Vec::<Value>::new(), "there is still time for who looked at the run");
    still.wait_a_little();
    still.home.tick().await?;
    hearer.hears(1, "flow.completed").await?;
    assert_eq!(kinds(&hearer.heard()), OF_A_FLOW);
    still.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn told_again_an_event_has_the_same_id() -> Result<()> {
    let still = Still::start().await?;
    let bus = FarBus::default();
    let control = still.with(&bus);
    let (flow, run) = still.flow().await?;
    control.reconcile_run(run).await?;
    bus.becomes(Mood::AnswersAreLost);
    control.tell_flow(flow).await.unwrap_err();
    let first = bus.heard();
    assert_eq!(kinds(&first), OF_A_FLOW);
    bus.becomes(Mood::Takes);
    assert_eq!(control.tell_flow(flow).await?, OF_A_FLOW.len());
    assert_eq!(bus.heard()[first.len()..], first);
    assert_eq!(ids(&first).len(), OF_A_FLOW.len());
    assert_eq!(control.tell_flow(flow).await?, 0);
    still.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_batch_only_what_failed_is_told_again() -> Result<()> {
    let still = Still::start().await?;
    let bus = FarBus::default();
    let control = still.with(&bus);
    let (flow, run) = still.flow().await?;
    control.reconcile_run(run).await?;
    bus.becomes(Mood::TakesHalf);
    // 5, then the 2 that failed, then the 1 of them.
    assert_eq!(control.tell_flow(flow).await?, OF_A_FLOW.len());
    assert_eq!(bus.calls(), [5, 2, 1]);
    let heard = bus.heard();
    assert_eq!((heard.len(), ids(&heard).len()), (5, 5));
    still.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_bus_will_never_take_stops_nothing() -> Result<()> {
    let still = Still::start().await?;
    let bus = FarBus::default();
    let control = still.with(&bus);
    let (flow, run) = still.flow().await?;
    control.reconcile_run(run).await?;
    bus.becomes(Mood::Refuses);
    control.tell_flow(flow).await?;
    assert_eq!(bus.calls(), [5]);
    bus.becomes(Mood::Takes);
    assert_eq!(control.tell_flow(flow).await?, 0, "it would be refused for ever");
    let (_, run) = still.flow().await?;
    kraken_fn_results::run(&control, &run.to_string()).await?;
    assert_eq!(kinds(&bus.heard()), OF_A_FLOW);
    still.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_tell_at_the_same_time_forget_nothing() -> Result<()> {
    let still = Still::start().await?;
    let bus = FarBus::default();
    let control = still.with(&bus);
    let (flow, run) = still.flow().await?;
    control.reconcile_run(run).await?;
    let (one, two) = tokio::join!(control.tell_flow(flow), control.tell_flow(flow));
    assert!(one? + two? >= OF_A_FLOW.len());
    assert_eq!(ids(&bus.heard()).len(), OF_A_FLOW.len());
    still.home.end([]).await
}
