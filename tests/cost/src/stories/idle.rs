//! Nothing to do: the ticks of the control plane, and an agent that waits.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_engines::meter::Call;
use kraken_harness::eventually;

use super::{Counted, Story};
use crate::logs::Logged;

/// What idleness comes to.
#[derive(Clone, Debug)]
pub struct Idle {
    /// One minute's ticks, with no agent.
    pub tick: Story,
    /// One heartbeat of an idle agent.
    pub heartbeat: Story,
    /// One renewal of an agent's session.
    pub session: Story,
    /// What an idle agent adds to a minute's ticks.
    pub agent_in_tick: Story,
}

/// Runs the stories.
///
/// # Errors
/// When a story does not go as told.
pub async fn idle(logged: &Logged) -> Result<Idle> {
    let mut settings = kraken_lambda::settings();
    // Only to see one soon; how often they come is multiplied in later.
    settings.intervals.idle_heartbeat_s = 1;
    let mut counted = Counted::start(settings, logged).await?;
    let tick = tick(&mut counted).await?;

    counted.meter.clear();
    let agent = counted.home.agent().await?;
    let beats = |calls: &[Call]| calls.iter().filter(|call| &*call.caller == HEARTBEAT && &*call.operation == "api").count();
    let calls = eventually("two heartbeats", async || {
        let calls = counted.meter.calls();
        Ok((beats(&calls) >= 2).then_some(calls))
    })
    .await
    .context("an idle agent beats its heart")?;
    let (heartbeat, session) = (Story::per_call(&calls, HEARTBEAT), Story::per_call(&calls, SESSION));
    // That the agent came is told once.
    counted.home.tick().await?;
    let with_agent = tick_with(&mut counted, &tick).await?;
    counted.home.end([agent]).await?;
    Ok(Idle { tick, heartbeat, session, agent_in_tick: with_agent })
}

const HEARTBEAT: &str = "api POST /api/agent/heartbeat";
const SESSION: &str = "api POST /api/agent/session";

async fn tick(counted: &mut Counted) -> Result<Story> {
    // What a process asks at its beginning, and then every ten minutes: what is past its time.
    counted.home.tick().await?;
    let ticked = async |home: &mut kraken_harness::Home| home.tick().await;
    let ((), calls, logs) = counted.during(Duration::from_millis(100), ticked).await?;
    let ticks: Vec<Call> = calls.into_iter().filter(|call| call.caller.ends_with(" tick")).collect();
    Ok(Story::of(&ticks, logs, 1.0))
}

/// What a tick now takes more than `before`.
async fn tick_with(counted: &mut Counted, before: &Story) -> Result<Story> {
    // Heartbeats go on; only the ticks' own calls are taken.
    counted.meter.clear();
    counted.home.tick().await?;
    let ticks: Vec<Call> = counted.meter.calls().into_iter().filter(|call| call.caller.ends_with(" tick")).collect();
    Ok(Story::of(&ticks, 0, 1.0).and(before, -1.0))
}
