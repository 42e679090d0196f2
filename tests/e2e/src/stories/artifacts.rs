//! Files from one stage to the next, and to people.

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{ended, refusal};
use kraken_protocol::api::{ArtifactView, Page};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn files_go_from_stage_to_stage(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    // One is larger than what a function may answer with.
    let build = story.stage(&[
        json!({"tool": "shell", "cmd": "mkdir -p out/deep; echo one > out/one.txt; head -c 9000000 /dev/urandom > out/deep/two.bin"}),
        json!({"tool": "shell", "cmd": "printf '#!/bin/sh\\necho ran\\n' > out/run.sh; chmod 755 out/run.sh; sha256sum out/deep/two.bin"}),
        json!({"tool": "artifacts", "source": ["out/**"]}),
    ]);
    let check = story.child(
        "build",
        &[
            json!({"tool": "artifacts", "action": "download", "source": ["out/**"], "destination": "in"}),
            json!({"tool": "shell", "cmd": "cat in/out/one.txt; in/out/run.sh; cd in; sha256sum out/deep/two.bin"}),
        ],
    );
    let branch = story.branch(&[("build", build), ("check", check)]).await?;

    let flow = story.api.completed(&story.api.start(&branch).await?).await?;

    let runs = story.api.runs(&flow).await?;
    let (built, checked) = (story.api.jobs(&runs[0]).await?.remove(0), story.api.jobs(&runs[1]).await?.remove(0));
    ended(&built, Outcome::Ok)?;
    ended(&checked, Outcome::Ok)?;
    let sum = story.api.log(&built).await?.into_iter().find(|line| line.ends_with("two.bin")).context("the sum was printed")?;
    let log = story.api.log(&checked).await?;
    for line in ["one", "ran", &sum] {
        assert!(log.iter().any(|said| said == line), "{line:?} in {log:?}");
    }

    let files: Page<ArtifactView> = story.api.get(&format!("/api/flows/{}/artifacts", flow.id)).await?;
    let paths: Vec<_> = files.items.iter().map(|file| (file.path.as_str(), file.size)).collect();
    assert_eq!(paths, [("out/deep/two.bin", 9_000_000), ("out/one.txt", 4), ("out/run.sh", 19)]);
    assert!(sum.starts_with(&files.items[0].sha256));
    let one = format!("/api/runs/{}/artifacts/out/one.txt", runs[0].id);
    let fetched = story.api.request(Method::GET, &one).send().await?;
    assert_eq!((fetched.status(), fetched.text().await?.as_str()), (StatusCode::OK, "one\n"));
    let refused = refusal(story.api.with_token(None).get::<Value>(&one).await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    story.end([agent]).await
}
