//! A large stage, evaluated, checked and expanded: how long that takes, and how much memory.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{
    evaluation::{Evaluation, Writing},
    figures::Figure,
    statistics::Samples,
    system::Setup,
};

const TIMES: usize = 20;
const MS: f64 = 50.0;
const MB: f64 = 64.0;

/// Each way of writing it in a process of its own, so that the memory is its alone.
pub(super) fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let times = setup.samples(TIMES);
    let mut figures = Vec::new();
    for writing in Writing::ALL {
        let mut child = Command::new(std::env::current_exe()?);
        let said =
            child.arg("evaluate").arg(writing.as_str()).arg(times.to_string()).output().context("this program does not start again")?;
        ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let Evaluation { ms, peak_mb } = serde_json::from_slice(&said.stdout)?;
        let ms: Samples = ms.into_iter().collect();
        figures.push(Figure::new(format!("{}, p50", writing.what()), ms.median(), "ms").at_most(MS));
        figures.push(Figure::new(format!("{}, slowest", writing.what()), ms.max(), "ms"));
        figures.push(Figure::new(format!("{}, peak memory", writing.what()), peak_mb, "MB").at_most(MB));
    }
    Ok(figures)
}
