//! The server dies in the middle of work and comes back.

use std::time::Duration;

use anyhow::Result;

use super::twenty_jobs::{AGENTS, TwentyJobs};
use crate::{figures::Figure, moment::Moment, statistics::Samples, system::Setup};

const ROUNDS: usize = 3;
/// How long it is away: jobs end meanwhile.
const AWAY: Duration = Duration::from_secs(1);

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let (mut lost, mut failed, mut twice) = (0, 0, 0);
    let mut behind = Samples::default();
    for round in 0..setup.samples(ROUNDS) {
        let mut jobs = TwentyJobs::amid(setup, &format!("row-9-{round}")).await?;
        jobs.system.server.kill()?;
        tokio::time::sleep(AWAY).await;
        let restarted = Moment::now();
        jobs.system.server.start_again()?;
        let (over, ok) = jobs.all_over().await?;
        let ledger = jobs.ledger()?;
        lost += ledger.lost();
        failed += super::twenty_jobs::JOBS - ok;
        twice += ledger.repeated().len();
        behind.push(over.s_since(restarted) - ledger.work_left_s(restarted, AGENTS));
    }
    Ok(vec![
        Figure::new("jobs lost", lost as f64, "jobs").exactly(0.0),
        Figure::new("jobs failed", failed as f64, "jobs").exactly(0.0),
        Figure::new("jobs run twice", twice as f64, "jobs").exactly(0.0),
        Figure::new("restart → all done, less what the jobs need, p50", behind.median(), "s").at_most(3.0),
        Figure::new("restart → all done, less what the jobs need, slowest", behind.max(), "s"),
    ])
}
