//! What server and agent keep in memory when there is nothing to do.

use std::time::Duration;

use anyhow::Result;

use crate::{
    figures::Figure,
    rows::{idle_branch, trigger},
    system::{Memory, Setup, System},
};

const IDLE: Duration = Duration::from_secs(10);
const JOBS: usize = 20;

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let system = System::start(setup, "row-6", 1).await?;
    tokio::time::sleep(IDLE).await;
    let (server, agent) = (Memory::of(system.server.pid())?, Memory::of(system.agents[0].pid())?);
    let supervisor = system.agents[0].supervisor()?.map(Memory::of).transpose()?;

    let branch = idle_branch(&system).await?;
    for turn in 0..JOBS {
        trigger(&system, &branch, turn, Duration::from_millis(20), Duration::from_millis(5)).await?;
    }
    tokio::time::sleep(IDLE).await;
    let (server_later, agent_later) = (Memory::of(system.server.pid())?, Memory::of(system.agents[0].pid())?);

    let mut figures = vec![
        Figure::new("server, RSS", server.rss_mb, "MB").at_most(40.0),
        Figure::new("server, PSS", server.pss_mb, "MB"),
        Figure::new("agent, RSS", agent.rss_mb, "MB").at_most(12.0),
        Figure::new("agent, PSS", agent.pss_mb, "MB"),
    ];
    if let Some(supervisor) = supervisor {
        figures.push(Figure::new("its waiting supervisor, RSS", supervisor.rss_mb, "MB"));
        figures.push(Figure::new("its waiting supervisor, PSS", supervisor.pss_mb, "MB"));
    }
    figures.push(Figure::new(format!("server after {JOBS} jobs, RSS"), server_later.rss_mb, "MB"));
    figures.push(Figure::new(format!("agent after {JOBS} jobs, RSS"), agent_later.rss_mb, "MB"));
    Ok(figures)
}
