//! Secrets: used by steps, seen by nobody.

use anyhow::{Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::ended;
use serde_json::{Value, json};

use crate::story::Story;

const VALUE: &str = "s3cr3t-t0ken-of-this-story";

pub(crate) async fn a_step_has_the_secret_and_its_log_has_not(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let path = format!("/api/projects/{}/secrets/token", story.name());
    let branch = story.branch(&[]).await?;
    story.api.put::<Value>(&path, &json!({"kind": "simple", "value": VALUE})).await?;
    // Who has it can count its bytes; said plainly, in an argument or in pieces of a line, it is taken out.
    let cmd = "printf '%s' \"$TOKEN\" | wc -c; echo \"it is $TOKEN\"; echo so #{secrets.token} is";
    let build = story.stage(&[json!({"tool": "shell", "cmd": cmd, "env": {"TOKEN": "#{secrets.token}"}})]);
    story.api.add_stage(&branch, "build", &build).await?;
    let job = story.api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    let log = story.api.log(&job).await?;
    ensure!(log.len() == 3 && log[0].trim() == VALUE.len().to_string(), "{log:?}");
    ensure!(log.iter().all(|line| !line.contains(VALUE)) && log[1].starts_with("it is ") && log[2].ends_with(" is"), "{log:?}");
    for seen in ["", "/secrets"] {
        let seen: Value = story.api.get(&format!("/api/projects/{}{seen}", story.name())).await?;
        ensure!(!seen.to_string().contains(VALUE), "{seen}");
    }
    story.end([agent]).await
}
