//! A delivery that comes again, at the same moment, or whose receiver died half-way, starts its flow once.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_control::{
    flows::StartFlow,
    webhooks::{Heard, Letter},
};
use kraken_domain::{
    FlowId,
    flow::{FlowKind, FlowReason},
    webhook::DeliveryId,
};
use kraken_harness::{code, recorded, shell};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Told;

/// A push to `main`.
pub(super) fn push_to_main() -> Result<Value> {
    let mut body = recorded("github", "push")?;
    body["ref"] = json!("refs/heads/main");
    Ok(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_again_under_its_name_or_another_starts_nothing() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let body = push_to_main()?;
    let sent: Vec<_> = (0..12)
        .map(|at| {
            let (host, body) = (told.host.clone(), body.clone());
            // Half of them under names of their own: only the body is signed.
            let name = if at % 2 == 0 { "d-1".to_owned() } else { format!("d-1{at}") };
            tokio::spawn(async move { host.sends("push", &name, &body).await?.json::<Value>().await.map_err(anyhow::Error::from) })
        })
        .collect();
    let mut new = 0;
    for answer in sent {
        let answer = answer.await??;
        new += u32::from(answer["known"] == json!(false));
    }
    assert_eq!(new, 1, "one of them was new");
    let again = told.host.sends("push", "d-1", &body).await?;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    assert_eq!(again.json::<Value>().await?["known"], json!(true));
    let all: Vec<kraken_protocol::api::DeliveryView> = told.home.api().list("/api/projects/demo/webhooks/github/deliveries").await?;
    assert_eq!(all.len(), 1);
    let name = all[0].id.rsplit(':').next().unwrap_or_default().to_owned();
    told.came_of_it(&name).await?;
    told.home.tick().await?;
    assert_eq!(told.flows("ci").await?.len(), 1);
    told.home.end([]).await
}

/// A push to `main` that was stored by a process that died before it woke anybody.
pub(super) async fn stored_and_left(told: &Told) -> Result<DeliveryId> {
    let body = serde_json::to_vec(&push_to_main()?)?;
    let headers = told.host.headers("push", "d-9", &body).into_iter().map(|(name, value)| (name.to_owned(), value.into_bytes())).collect();
    let control = told.home.without_wakeups().await?;
    let heard = control.hear("demo", kraken_githosts::GitHost::GitHub, Letter { headers, body: body.into() }).await?;
    assert_eq!(heard, Heard::Stored { name: "github:d-9".to_owned(), pending: 1 });
    let owed = control.store.owed_deliveries(control.clock.now(), 10).await?;
    owed.into_iter().next().context("it is owed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_whose_wakeup_was_lost_is_found_by_the_tick() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    stored_and_left(&told).await?;
    told.home.tick().await?;
    assert_eq!(told.flows("ci").await?.len(), 1);
    assert!(!told.came_of_it("d-9").await?.pending);
    told.home.end([]).await
}

/// The flow of a delivery whose receiver died once it had started it: the delivery is still due.
pub(super) async fn started_and_left(told: &Told, id: &DeliveryId) -> Result<FlowId> {
    let control = told.home.server()?.control();
    let delivery = control.store.delivery(id).await?.context("it is stored")?;
    let reason = FlowReason::Webhook { host: "github".to_owned(), delivery: delivery.name.clone() };
    let start = StartFlow { once: Some(delivery.once()), ..StartFlow::new(told.branch.parse()?, FlowKind::Ci, reason) };
    Ok(control.start_flow(start).await?.0.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_was_started_by_who_then_died_is_not_started_again() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let id = stored_and_left(&told).await?;
    let control = told.home.server()?.control().clone();
    let flow = started_and_left(&told, &id).await?;
    let looks: Vec<_> = (0..8)
        .map(|_| {
            let (control, id) = (control.clone(), id.clone());
            tokio::spawn(async move { control.reconcile_delivery(&id).await })
        })
        .collect();
    for look in looks {
        look.await??;
    }
    told.home.tick().await?;
    let flows = told.flows("ci").await?;
    assert_eq!(flows.iter().map(|flow| flow.id).collect::<Vec<_>>(), [flow]);
    assert_eq!(told.came_of_it("d-9").await?.outcomes[0].flow, Some(flow));
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_twice_at_gitlab_starts_two_flows_though_it_is_told_in_the_same_words() -> Result<()> {
    let told = Told::start("gitlab", &[("build", &shell("true"))]).await?;
    let mut body = recorded("gitlab", "push")?;
    body["ref"] = json!("refs/heads/main");
    for host in [told.host.clone(), told.host.with_plain_token()] {
        let before = told.flows("ci").await?.len();
        // Forth, back and forth again; and one of them sent again.
        for name in ["forth", "again", "again"] {
            let name = format!("{name}-{before}");
            assert_eq!(host.sends("Push Hook", &name, &body).await?.status(), StatusCode::ACCEPTED);
            told.came_of_it(&name).await?;
        }
        assert_eq!(told.flows("ci").await?.len(), before + 2);
    }
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_is_pushed_again_the_next_day_starts_a_flow_again() -> Result<()> {
    let release = json!({"parent": "root", "triggers": {"webhook": {"tags": ["v*"]}}, "jobs": []});
    let told = Told::start("gitea", &[("release", &code(&release))]).await?;
    let mut body = recorded("gitea", "push")?;
    body["ref"] = json!("refs/tags/v1.0");
    let sends = async |name: &str| -> Result<Value> { Ok(told.host.sends("push", name, &body).await?.json().await?) };
    assert_eq!(sends("t-1").await?["known"], json!(false));
    told.came_of_it("t-1").await?;
    // Only the body is signed: for a while it might be somebody who caught it.
    told.home.pass(Duration::from_secs(3600)).await?;
    assert_eq!(sends("t-2").await?["known"], json!(true));
    told.home.pass(Duration::from_secs(3 * 3600)).await?;
    for (name, known) in [("t-3", false), ("t-4", true), ("t-1", true)] {
        assert_eq!(sends(name).await?["known"], json!(known), "{name}");
    }
    told.came_of_it("t-3").await?;
    assert_eq!(told.flows("ci").await?.len(), 2);
    told.home.end([]).await
}
