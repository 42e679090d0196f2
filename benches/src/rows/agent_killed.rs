//! An agent dies in the middle of a job and comes back.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};

use super::twenty_jobs::{AGENTS, JOBS, Try, TwentyJobs};
use crate::{client::ask_until, figures::Figure, moment::Moment, statistics::Samples, system::Setup};

const ROUNDS: usize = 3;
const AWAY: Duration = Duration::from_secs(1);

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let (mut lost, mut failed, mut others, mut own) = (0, 0, 0, Samples::default());
    let (mut orphans, mut gone, mut behind) = (0, Samples::default(), Samples::default());
    for round in 0..setup.samples(ROUNDS) {
        let mut jobs = TwentyJobs::amid(setup, &format!("row-10-{round}")).await?;
        let (victim, name, first) = victim(&jobs).await?;
        let killed = Moment::now();
        jobs.system.agents[victim].kill()?;
        let process = format!("/proc/{}", first.pid);
        ask_until(
            "the killed agent's job to be gone",
            Duration::from_millis(1),
            async || Ok((!Path::new(&process).exists()).then_some(())),
        )
        .await?;
        gone.push(Moment::now().ms_since(killed));
        tokio::time::sleep(AWAY).await;
        let restarted = Moment::now();
        jobs.system.agents[victim].start_again()?;
        let (over, ok) = jobs.all_over().await?;
        let ledger = jobs.ledger()?;
        lost += ledger.lost();
        failed += JOBS - ok;
        others += ledger.repeated().iter().filter(|repeated| **repeated != name).count();
        own.push(ledger.0[&name].len() as f64 - 1.0);
        // It went on after its agent was dead, to its very end.
        orphans += usize::from(ledger.0[&name].iter().any(|one| one.pid == first.pid && one.ended.is_some()));
        behind.push(over.s_since(restarted) - ledger.work_left_s(restarted, AGENTS));
    }
    Ok(vec![
        Figure::new("jobs lost", lost as f64, "jobs").exactly(0.0),
        Figure::new("jobs failed", failed as f64, "jobs").exactly(0.0),
        Figure::new("repeats of the killed agent's job, at most", own.max(), "times").exactly(1.0),
        Figure::new("other jobs repeated", others as f64, "jobs").exactly(0.0),
        Figure::new("first tries that went on", orphans as f64, "jobs").exactly(0.0),
        Figure::new("kill → nothing of the first try runs, slowest", gone.max(), "ms"),
        Figure::new("restart → all done, less what the jobs need, p50", behind.median(), "s"),
    ])
}

/// An agent in the middle of a job: its place among the agents, its job's name and the try that it runs.
async fn victim(jobs: &TwentyJobs) -> Result<(usize, String, Try)> {
    let ledger = jobs.ledger()?;
    let (name, running) = ledger.newest().context("some jobs have begun")?;
    let views = jobs.system.api.jobs(&jobs.flow).await?;
    let view = views.iter().find(|job| job.name == name).with_context(|| format!("no job is called {name:?}"))?;
    ensure!(view.state == "running", "job {name:?} is {} although it has just begun", view.state);
    let agents = jobs.system.api.agents().await?;
    let agent = agents.iter().find(|agent| Some(agent.id) == view.agent).context("an agent runs the job")?;
    let place = jobs.system.agents.iter().position(|process| process.name == agent.name).context("the agent is one of ours")?;
    Ok((place, name.to_owned(), running))
}
