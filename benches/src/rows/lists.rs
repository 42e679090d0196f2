//! The call behind the page that everybody looks at: the newest flows of a branch.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use kraken_protocol::api::{FlowView, Page};

use crate::{
    client::{Api, ask_until},
    figures::Figure,
    rows::idle_branch,
    statistics::Samples,
    system::{Setup, System},
};

const FLOWS: usize = 1000;
const CALLS: usize = 1000;
const WARM_UP: usize = 50;
const CLIENTS: usize = 8;

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let system = System::start(setup, "row-8", 4).await?;
    let branch = idle_branch(&system).await?;
    let calls = stream::iter(0..FLOWS).map(|_| system.api.start(&branch)).buffer_unordered(CLIENTS);
    calls.try_for_each(async |_: FlowView| Ok(())).await?;
    wait_for_all(&system.api, &branch).await?;
    system.wait_until_idle().await?;

    let path = format!("/api/branches/{branch}/flows?limit=50");
    let count = setup.samples(CALLS);
    calls_of(&system.api, &path, WARM_UP).await?;
    let one = calls_of(&system.api, &path, count).await?;
    let clients = (0..CLIENTS).map(|_| system.api.another()).collect::<Result<Vec<_>>>()?;
    let many = try_join_all(clients.iter().map(|api| calls_of(api, &path, count / 4 + 1))).await?;
    let many = Samples::merged(many);
    Ok(vec![
        Figure::new("one client, p50", one.median(), "ms").at_most(1.5),
        Figure::new("one client, p99", one.percentile(99.0), "ms").at_most(4.0),
        Figure::new("8 clients, p50", many.median(), "ms").at_most(8.0),
        Figure::new("8 clients, p99", many.percentile(99.0), "ms"),
    ])
}

async fn wait_for_all(api: &Api, branch: &str) -> Result<()> {
    ask_until("1,000 flows to complete", Duration::from_millis(200), async || {
        let mut cursor = String::new();
        loop {
            let page: Page<FlowView> = api.get(&format!("/api/branches/{branch}/flows?limit=200{cursor}")).await?;
            if page.items.iter().any(|flow| flow.state != "completed") {
                return Ok(None);
            }
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(Some(())),
            }
        }
    })
    .await
}

/// So many calls, one after the other; the answer is read whole.
async fn calls_of(api: &Api, path: &str, count: usize) -> Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..count {
        let began = Instant::now();
        let _body = api.open(path).await?.bytes().await?;
        samples.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(samples)
}
