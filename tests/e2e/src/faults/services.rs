//! Services that do not do what they are asked, for a while.

use anyhow::{Context, Result};
use kraken_harness::wait_until;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::bustle::Bustle;
use crate::{aws::Aws, story::Story};

/// So often somebody is turned away before the service works again. Far less than a lease passes meanwhile.
const REFUSALS: usize = 4;

/// Lets services refuse until callers of the API have felt it; then everything that was begun must be done.
async fn endure(mut story: Story, faults: Value) -> Result<()> {
    let bustle = Bustle::begin(&mut story, 4).await?;
    let account = Aws::account(story.place.deployment().context("a deployment")?);
    account.faults(&faults).await?;
    bustle.open()?;
    let mut refused = 0;
    let felt = wait_until("callers to be turned away", async || {
        let answer = story.api.request(Method::GET, "/api/projects").send().await?;
        refused += usize::from(answer.status() == StatusCode::SERVICE_UNAVAILABLE);
        Ok(refused >= REFUSALS)
    });
    let felt = felt.await;
    account.faults(&json!({})).await?;
    felt?;
    bustle.done_despite(story, async || Ok(true)).await
}

pub(crate) async fn the_table_is_throttled(story: Story) -> Result<()> {
    endure(story, json!({"refuse": {"dynamodb": "throttled"}})).await
}

pub(crate) async fn all_services_fail_for_a_while(story: Story) -> Result<()> {
    let services = ["dynamodb", "events", "s3", "sqs", "ssm", "sts"];
    let failing: serde_json::Map<String, Value> = services.iter().map(|service| ((*service).to_owned(), json!("failing"))).collect();
    endure(story, json!({"refuse": failing})).await
}
