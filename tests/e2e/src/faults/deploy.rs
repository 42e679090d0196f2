//! A new version that is deployed while jobs run.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::bustle::Bustle;
use crate::{aws::Aws, story::Story};

/// The packages that were deployed, with one file more, in base64: Lambda takes each for a new version.
const PACKAGE: &str = "
import base64, io, sys, zipfile
package = io.BytesIO()
with zipfile.ZipFile(package, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as file:
    file.write(sys.argv[1], 'bootstrap')
    file.writestr('note', sys.argv[2])
sys.stdout.write(base64.b64encode(package.getvalue()).decode())
";

/// So many functions are replaced before the first job ends.
const WHILE_JOBS_RUN: usize = 3;

pub(crate) async fn functions_are_replaced_while_jobs_run(mut story: Story) -> Result<()> {
    let bustle = Bustle::begin(&mut story, 4).await?;
    let place = story.place.clone();
    let deployment = place.deployment().context("a deployment")?;
    let account = Aws::account(deployment);
    let indexer = deployment.facts.search.is_some().then_some("indexer");
    let mut functions = ["planner", "notifier", "api", "scheduler", "results", "watchdog"].into_iter().chain(indexer);
    let (gate, mut replaced) = (bustle.gate().to_owned(), 0);
    bustle
        .done_despite(story, async || {
            let Some(function) = functions.next() else { return Ok(true) };
            // Of some while the first jobs run, of the others while they report and more are made.
            if replaced == WHILE_JOBS_RUN {
                std::fs::write(&gate, "")?;
            }
            replaced += 1;
            let bootstrap = deployment.dir().join("functions").join(function).join("bootstrap");
            let mut zip = Command::new("python3");
            let zipped = zip.args(["-c", PACKAGE]).arg(bootstrap).arg(std::process::id().to_string()).stderr(Stdio::inherit()).output()?;
            ensure!(zipped.status.success(), "the package of {function}: {}", zipped.status);
            let before = account.function(function).await?;
            let after = account.replace_program(function, &String::from_utf8(zipped.stdout)?).await?;
            ensure!(before["CodeSha256"] != after["CodeSha256"], "{function} was not replaced: {after}");
            Ok(false)
        })
        .await
}
