//! Functions that die, wherever they are.

use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::bustle::Bustle;
use crate::story::Story;

/// So often each of them dies, at most, and once at least.
const DEATHS: usize = 8;
const FUNCTIONS: [&str; 6] = ["api", "results", "scheduler", "watchdog", "planner", "notifier"];
/// The one that is there where logs are searched.
const INDEXER: &str = "indexer";

pub(crate) async fn functions_die_in_the_middle(mut story: Story) -> Result<()> {
    let bustle = Bustle::begin(&mut story, 6).await?;
    bustle.open()?;
    let place = story.place.clone();
    let deployment = place.deployment().context("a deployment")?;
    let indexer = deployment.facts.search.is_some().then_some(INDEXER);
    let functions: Vec<&str> = FUNCTIONS.into_iter().chain(indexer).collect();
    let (mut turns, mut deaths) = (0, vec![0; functions.len()]);
    let last = bustle
        .done_despite(story, async || {
            let turn = turns % functions.len();
            turns += 1;
            for instance in deployment.instances(functions[turn]) {
                if deaths[turn] < DEATHS {
                    // Gone already, it needs no killing.
                    deaths[turn] += usize::from(kill(Pid::from_raw(i32::try_from(instance.pid)?), Signal::SIGKILL).is_ok());
                }
            }
            Ok(!deaths.contains(&0))
        })
        .await;
    last.with_context(|| format!("so often they died: {:?}", functions.iter().zip(&deaths).collect::<Vec<_>>()))
}
