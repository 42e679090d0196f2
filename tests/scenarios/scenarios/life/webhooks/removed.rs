//! Deliveries whose flow was removed before they were dealt with.

use anyhow::Result;
use kraken_harness::shell;

use super::{
    Told,
    exactly_once::{started_and_left, stored_and_left},
};
use crate::life::retention::mark;

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_whose_flow_was_removed_meanwhile_says_so_and_starts_no_other() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let id = stored_and_left(&told).await?;
    let control = told.home.server()?.control().clone();
    // Nobody looked until its flow was past its time.
    mark(&control, started_and_left(&told, &id).await?).await?;
    control.reconcile_delivery(&id).await?;
    let came = told.came_of_it("d-9").await?;
    let said: Vec<_> = came.outcomes.iter().map(|outcome| (outcome.flow, outcome.words.as_str())).collect();
    assert_eq!(said, [(None, "branch main: it had started a flow, which retention has removed since")]);
    assert!(told.flows("ci").await?.is_empty());
    told.home.end([]).await
}
