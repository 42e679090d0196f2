//! A search that is away: nobody waits for it, and what was printed meanwhile is found when it is back.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{ApiFailure, ended, eventually_within, refusal, wait_until};
use kraken_protocol::api::FoundLogs;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::messages::{set_rest, url};
use crate::{aws::Aws, stories::search::texts, story::Story};

/// Until all logs are indexed that wait: those of other stories, too, and those that have to rest before.
const PATIENCE: Duration = Duration::from_secs(240);
/// Seconds between two tries to index one of the short logs here.
const REST_S: &str = "3";
/// As many jobs print while it is away.
const JOBS: usize = 3;

pub(crate) async fn it_is_away_for_a_while(mut story: Story) -> Result<()> {
    let place = story.place.clone();
    let Some(search) = place.search() else {
        eprintln!("not told: the search of a deployment that was there before is not this program's to end");
        return Ok(());
    };
    let account = Aws::account(place.deployment().context("a deployment")?);
    let queue = url(&account, "kraken-indexer").await?;
    let agent = story.agent().await?;
    let word = story.word();
    let branch = story.branch(&[("build", story.shell(&format!("echo 'an auk of {word}'")))]).await?;
    let before = story.api.run_one(&branch).await?;
    eventually_within(PATIENCE, "the line to be found, and nothing to be behind", async || {
        let found = story.find(&format!("q={word}&service=job")).await?;
        Ok((found.behind == 0 && found.items.len() == 1).then_some(()))
    })
    .await?;

    let rest = set_rest(&account, &queue, REST_S).await?;
    search.kill()?;
    let mut jobs = vec![before];
    for _ in 0..JOBS {
        jobs.push(story.api.run_one(&branch).await?);
    }
    for job in &jobs {
        ended(job, Outcome::Ok)?;
        story.api.says(job, &format!("an auk of {word}")).await?;
    }
    let refused = refusal(story.find(&format!("q={word}")).await)?;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{refused:?}");
    let said = refused.problem.detail;
    assert!(said.contains("log search does not answer") && !said.contains("127.0.0.1"), "where it is is nobody's business: {said}");
    // None of them is lost on the way, however often they fail.
    wait_until("logs to wait", async || Ok(waiting(&account, &queue).await? >= JOBS as u64)).await?;

    search.again().await?;
    let all = eventually_within(PATIENCE, "all lines to be found, and nothing to be behind", async || {
        match story.find(&format!("q={word}&service=job")).await {
            Ok(found) => Ok((found.behind == 0 && found.items.len() >= jobs.len()).then_some(found)),
            // It has started, but has not read all of its disk.
            Err(error) if error.downcast_ref::<ApiFailure>().is_some_and(|failed| failed.status == StatusCode::SERVICE_UNAVAILABLE) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    })
    .await?;
    once(&all, &jobs);
    set_rest(&account, &queue, &rest).await?;
    // The same once more, with everything that was ever stored there looked at.
    search.refresh().await?;
    once(&story.find(&format!("q={word}&service=job")).await?, &jobs);
    let dead = url(&account, "kraken-indexer-dead").await?;
    assert_eq!(waiting(&account, &dead).await?, 0, "nothing was given up");
    story.end([agent]).await
}

fn once(found: &FoundLogs, jobs: &[kraken_protocol::api::JobView]) {
    let mut told: Vec<_> = found.items.iter().filter_map(|line| line.job.clone()).collect();
    let mut wanted: Vec<_> = jobs.iter().map(|job| job.id.to_string()).collect();
    told.sort();
    wanted.sort();
    assert_eq!(told, wanted, "the line of each job, once: {:?}", texts(found));
}

/// How many messages wait, rest or are being worked on.
async fn waiting(account: &Aws, queue: &str) -> Result<u64> {
    let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    let answer = account.queue("GetQueueAttributes", &json!({"QueueUrl": queue, "AttributeNames": names})).await?.text()?;
    let known: Value = serde_json::from_str(&answer)?;
    Ok(names.iter().filter_map(|name| known["Attributes"][name].as_str()?.parse::<u64>().ok()).sum())
}
