//! Functions that die, wherever they are.

use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::bustle::Bustle;
use crate::story::Story;

/// So often one dies.
const DEATHS: usize = 40;
const FUNCTIONS: [&str; 4] = ["api", "results", "scheduler", "watchdog"];

pub(crate) async fn functions_die_in_the_middle(mut story: Story) -> Result<()> {
    let bustle = Bustle::begin(&mut story, 6).await?;
    bustle.open()?;
    let place = story.place.clone();
    let deployment = place.deployment().context("a deployment")?;
    let (mut turns, mut deaths) = (0, 0);
    let last = bustle
        .done_despite(story, async || {
            let function = FUNCTIONS[turns % FUNCTIONS.len()];
            turns += 1;
            for instance in deployment.instances(function) {
                if deaths < DEATHS {
                    // Gone already, it needs no killing.
                    deaths += usize::from(kill(Pid::from_raw(i32::try_from(instance.pid)?), Signal::SIGKILL).is_ok());
                }
            }
            Ok(())
        })
        .await;
    assert!(deaths > FUNCTIONS.len(), "only {deaths} functions were killed");
    last
}
