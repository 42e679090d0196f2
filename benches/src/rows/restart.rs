//! From the start of the server's process to its first healthy answer.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    figures::Figure,
    rows::{idle_branch, trigger},
    statistics::Samples,
    system::{Server, Setup, System},
};

const STARTS: usize = 20;
/// What the existing data directory holds.
const JOBS: usize = 20;

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let starts = setup.samples(STARTS);
    let mut system = System::start(setup, "row-7", 1).await?;
    let branch = idle_branch(&system).await?;
    for turn in 0..JOBS {
        trigger(&system, &branch, turn, Duration::from_millis(20), Duration::from_millis(5)).await?;
    }
    system.agents.clear();
    let (mut existing, mut killed, mut new) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..starts {
        system.server.stop()?;
        existing.push(started_again(&mut system.server)?);
    }
    for _ in 0..starts {
        system.server.kill()?;
        killed.push(started_again(&mut system.server)?);
    }
    for turn in 0..starts {
        let folder = setup.folder(&format!("row-7-new-{turn}"))?;
        let began = Instant::now();
        let server = Server::start(setup, &folder)?;
        new.push(began.elapsed().as_secs_f64() * 1e3);
        drop(server);
    }
    Ok(vec![
        Figure::new("existing data directory, p50", existing.median(), "ms").at_most(150.0),
        Figure::new("existing data directory, slowest", existing.max(), "ms"),
        Figure::new("after kill -9, p50", killed.median(), "ms").at_most(150.0),
        Figure::new("new data directory, p50", new.median(), "ms").at_most(150.0),
        Figure::new("new data directory, slowest", new.max(), "ms"),
    ])
}

fn started_again(server: &mut Server) -> Result<f64> {
    let began = Instant::now();
    server.start_again()?;
    server.wait_until_ready()?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}
