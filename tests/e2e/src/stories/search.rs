//! Lines of any log, found by what they say and where they come from.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::{ended, eventually_within, wait_until};
use kraken_protocol::api::FoundLogs;
use serde_json::json;

use crate::story::Story;

/// Longer than a stored log rests that could not be indexed at once, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(240);

impl Story {
    /// The lines that fit, in the order in which they were written.
    pub(crate) async fn find(&self, query: &str) -> Result<FoundLogs> {
        self.api.get(&format!("/api/logs?order=oldest&limit=1000&{query}")).await
    }

    /// Its name as a word that the search knows no part of.
    pub(crate) fn word(&self) -> String {
        self.name().replace('-', "_")
    }
}

pub(crate) fn texts(found: &FoundLogs) -> Vec<&str> {
    found.items.iter().map(|line| line.text.as_str()).collect()
}

pub(crate) async fn a_line_is_found_by_what_it_says_and_where_it_comes_from(mut story: Story) -> Result<()> {
    if let Some(deployment) = story.place.deployment() {
        ensure!(
            deployment.facts.search.is_some(),
            "this deployment has no search: make one with KRAKEN_AWS_LOCAL_SEARCH=<URL of OpenSearch>"
        );
    }
    let agent = story.agent().await?;
    let word = story.word();
    let (first, second) = (format!("a cassowary of {word}"), format!("red-kestrel of {word}, later"));
    let steps = [
        json!({"tool": "shell", "cmd": format!("echo '{first}'")}),
        json!({"tool": "shell", "cmd": format!("printf '\\033[31mred\\033[0m-kestrel of {word}, later\\n'")}),
    ];
    let branch = story.branch(&[("build", story.stage(&steps))]).await?;
    let job = story.api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;

    // Soon after: on AWS its stored log goes through a queue, and can be found when OpenSearch looks at what is new.
    let line =
        eventually_within(PATIENCE, "the line to be found", async || Ok(story.find(&format!("q=Cassowary%20{word}")).await?.items.pop()))
            .await?;
    assert_eq!((line.text.as_str(), line.service.as_str(), line.level.as_str()), (first.as_str(), "job", "info"));
    assert_eq!((line.job.as_deref(), line.step.as_deref()), (Some(job.id.to_string().as_str()), Some("0")));
    let (began, over) = (job.started_at.context("it began")?, job.completed_at.context("it is over")?);
    assert!(began <= line.time && line.time <= over, "{line:?} was printed between {began} and {over}");

    let by = job.agent.context("an agent ran it")?;
    let project = line.project.context("a job is of a project")?;
    for place in [
        format!("job={}", job.id),
        format!("run={}", job.run),
        format!("flow={}", job.flow),
        format!("project={project}"),
        format!("branch={branch}"),
        format!("agent={by}"),
        format!("agent={by}&since={began}&until={over}&level=info"),
    ] {
        assert_eq!(texts(&story.find(&format!("{place}&service=job")).await?), [&first, &second], "{place}");
        assert_eq!(texts(&story.find(&format!("{place}&q=%22D-KESTREL%20of%22%20{word}")).await?), [&second], "{place}");
    }
    assert_eq!(texts(&story.find(&format!("job={}&step=1&service=job", job.id)).await?), [&second]);
    for nothing in [
        format!("job={}&step=2", job.id),
        format!("q={word}&level=warn"),
        format!("q={word}&until={began}"),
        format!("q={word}&since={over}&service=job"),
        format!("q=cassowar%20{word}"),
    ] {
        let found = story.find(&nothing).await?;
        assert_eq!((texts(&found), &found.next), (vec![], &None), "{nothing}");
    }
    // Others store logs all the time, which takes the deployment longer: there a fault looks at this, when nothing else is at work.
    if story.place.deployment().is_none() {
        wait_until("every stored log to be searchable", async || Ok(story.find(&format!("q={word}")).await?.behind == 0)).await?;
    }
    story.end([agent]).await
}
