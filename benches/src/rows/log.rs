//! One job that prints as fast as it can: when is its log stored whole and in order, and what memory did that take?

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kraken_protocol::api::{JobView, LogLines};

use crate::{
    client::ask_until,
    figures::Figure,
    lines::Comparison,
    moment::Moment,
    stages::{SAY_WHEN, Work, stage},
    statistics::Samples,
    system::{Memory, Setup, System},
};

const LINES: u64 = 1_000_000;
const ROUNDS: usize = 5;
const LOOK_EVERY: Duration = Duration::from_millis(5);

#[derive(Default)]
struct Rounds {
    seconds: Samples,
    agent_mb: Samples,
    server_mb: Samples,
    server_reading_mb: Samples,
    lost: u64,
    wrong: u64,
}

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let system = System::start(setup, "row-5", 1).await?;
    let printer = std::env::current_exe()?;
    let cmd = format!("{SAY_WHEN}; exec '{}' lines {LINES}", printer.display());
    let branch = system.api.branch("bench", &stage(&[Work::new("job", cmd)])).await?;
    let mut rounds = Rounds::default();
    for _ in 0..setup.samples(ROUNDS) {
        round(&system, &branch, &mut rounds).await?;
    }
    Ok(vec![
        Figure::new("its first command → stored whole", rounds.seconds.median(), "s").at_most(1.0),
        Figure::new("lines lost", rounds.lost as f64, "lines").exactly(0.0),
        Figure::new("lines changed or out of order", rounds.wrong as f64, "lines").exactly(0.0),
        Figure::new("most memory of the agent", rounds.agent_mb.max(), "MB").at_most(30.0),
        Figure::new("most memory of the server", rounds.server_mb.max(), "MB").at_most(60.0),
        Figure::new("most memory of the server while all is downloaded", rounds.server_reading_mb.max(), "MB"),
    ])
}

async fn round(system: &System, branch: &str, rounds: &mut Rounds) -> Result<()> {
    system.wait_until_idle().await?;
    let (agent, server) = (system.agents[0].pid(), system.server.pid());
    Memory::forget_peak(agent)?;
    Memory::forget_peak(server)?;
    let flow = system.api.start(branch).await?;
    let job = system.api.jobs(&flow).await?.first().context("the flow has a job")?.id;
    let path = format!("/api/jobs/{job}");
    // The job is over only when its log is stored; that the log is there as a whole is looked at too.
    let over = ask_until("the job to complete", LOOK_EVERY, async || {
        let job: JobView = system.api.get(&path).await?;
        Ok((job.state == "completed").then_some(job))
    })
    .await?;
    let last: LogLines = system.api.get(&format!("{path}/log?tail=1")).await?;
    let stored = Moment::now();
    ensure!(last.complete, "the log of job {job} is not complete");
    ensure!(over.message.is_none(), "job {job} failed: {:?}", over.message);
    rounds.agent_mb.push(Memory::peak_mb(agent)?);
    rounds.server_mb.push(Memory::peak_mb(server)?);

    let first: LogLines = system.api.get(&format!("{path}/log?limit=1")).await?;
    let said = &first.lines.first().context("the log has a line")?.text;
    rounds.seconds.push(stored.s_since(Moment::of_shell(said)?));

    Memory::forget_peak(server)?;
    let mut download = system.api.open(&format!("{path}/log/download")).await?;
    let (mut comparison, mut to_skip) = (Comparison::default(), said.len() + 1);
    while let Some(bytes) = download.chunk().await? {
        let skipped = to_skip.min(bytes.len());
        to_skip -= skipped;
        comparison.feed(&bytes[skipped..]);
    }
    rounds.server_reading_mb.push(Memory::peak_mb(server)?);
    rounds.lost += LINES.saturating_sub(comparison.right + comparison.wrong);
    rounds.wrong += comparison.wrong;
    Ok(())
}
