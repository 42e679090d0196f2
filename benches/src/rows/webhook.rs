//! A git host tells of what happened, and waits for the answer: most give up after ten seconds, and people see how long it took.
//!
//! What follows from a delivery comes after the answer, so each is only sent once all before it have been dealt with.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hmac::{Hmac, Mac};
use kraken_protocol::api::{DeliveryView, Page};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    client::{Api, ask_until},
    figures::Figure,
    statistics::Samples,
    system::{Setup, System},
};

const PUSHES: usize = 200;
const PUSHES_OF_TAGS: usize = 40;
/// What one push may bring along.
const TAGS: usize = 50;
const WARM_UP: usize = 5;
/// A stage without jobs: its flow is over as it begins.
const STAGE: &str = "def stage(ctx):\n    return {\"parent\": \"root\", \"jobs\": []}\n";

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let system = System::start(setup, "webhook", 0).await?;
    system.api.branch("bench", STAGE).await?;
    let github = Host::set_up(&system.api, "github").await?;
    let push = github.samples(setup.samples(PUSHES), push_to_main).await?;
    // It tells of many tags in one delivery; the others of each by itself.
    let bitbucket = Host::set_up(&system.api, "bitbucket").await?;
    let tags = bitbucket.samples(setup.samples(PUSHES_OF_TAGS), push_of_tags).await?;
    Ok(vec![
        Figure::new("a push, p50", push.median(), "ms").at_most(100.0),
        Figure::new("a push, p95", push.percentile(95.0), "ms").at_most(100.0),
        Figure::new(format!("a push of {TAGS} tags, p50"), tags.median(), "ms").at_most(100.0),
        Figure::new(format!("a push of {TAGS} tags, p95"), tags.percentile(95.0), "ms").at_most(100.0),
    ])
}

/// A git host whose webhook is set up.
struct Host<'a> {
    api: &'a Api,
    kind: &'static str,
    path: String,
    key: String,
}

impl<'a> Host<'a> {
    async fn set_up(api: &'a Api, kind: &'static str) -> Result<Self> {
        let path = format!("/api/projects/bench/webhooks/{kind}");
        let made: Value = api.put(&path, &json!({})).await?;
        let key = made["secret"].as_str().context("a webhook has a key")?.to_owned();
        Ok(Self { api, kind, path, key })
    }

    /// Milliseconds until so many deliveries were answered, one after the other.
    async fn samples(&self, count: usize, body: fn(usize) -> Result<Value>) -> Result<Samples> {
        let mut samples = Samples::default();
        for turn in 0..WARM_UP + count {
            let body = serde_json::to_vec(&body(turn)?)?;
            let headers = self.headers(turn, &body)?;
            let began = Instant::now();
            let answer = self.api.post_bytes(&self.path, &headers, body).await?;
            let took = began.elapsed();
            ensure!(answer["known"] == json!(false), "a new delivery was taken for an old one: {answer}");
            if turn >= WARM_UP {
                samples.push(took.as_secs_f64() * 1e3);
            }
            self.dealt_with().await?;
        }
        Ok(samples)
    }

    fn headers(&self, turn: usize, body: &[u8]) -> Result<Vec<(&'static str, String)>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes())?;
        mac.update(body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let name = format!("delivery-{turn}");
        Ok(match self.kind {
            "github" => vec![("X-GitHub-Event", "push".to_owned()), ("X-GitHub-Delivery", name), ("X-Hub-Signature-256", signature)],
            _ => vec![("X-Event-Key", "repo:push".to_owned()), ("X-Request-UUID", name), ("X-Hub-Signature", signature)],
        })
    }

    async fn dealt_with(&self) -> Result<()> {
        ask_until("a delivery to be dealt with", Duration::from_millis(5), async || {
            let page: Page<DeliveryView> = self.api.get(&format!("{}/deliveries?limit={TAGS}", self.path)).await?;
            Ok(page.items.iter().all(|delivery| !delivery.pending).then_some(()))
        })
        .await
    }
}

/// A commit's name of its own for each turn.
fn commit(turn: usize) -> String {
    format!("{:040x}", turn + 1)
}

fn push_to_main(turn: usize) -> Result<Value> {
    let mut body: Value = serde_json::from_str(include_str!("../../../crates/githosts/tests/payloads/github/push.json"))?;
    (body["ref"], body["after"]) = (json!("refs/heads/main"), json!(commit(turn)));
    Ok(body)
}

fn push_of_tags(turn: usize) -> Result<Value> {
    let mut body: Value = serde_json::from_str(include_str!("../../../crates/githosts/tests/payloads/bitbucket_cloud/repo_push.json"))?;
    let change = |number: usize| {
        let name = format!("v{turn}.{number}");
        let target = json!({"type": "commit", "hash": commit(turn), "message": "A release", "date": "2024-05-09T03:34:49+00:00"});
        json!({"old": null, "new": {"type": "tag", "name": name, "target": target}, "created": true, "closed": false, "forced": false})
    };
    body["push"]["changes"] = (0..TAGS).map(change).collect();
    Ok(body)
}
