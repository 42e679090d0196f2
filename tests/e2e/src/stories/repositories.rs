//! A stage whose code is a file of a repository.

use anyhow::{Context, Result};
use kraken_domain::run::RunResult;
use kraken_harness::{GitRepo, GitServer, Manners, require};
use kraken_protocol::api::StageView;
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_stage_follows_its_file_and_keeps_what_was_right(mut story: Story) -> Result<()> {
    require(&["git"])?;
    let agent = story.agent().await?;
    let repo = GitRepo::create(story.dir(), "stages.git");
    repo.write("ci/build.star", &story.shell("echo one")).commit("one");
    repo.push("main");
    let server = GitServer::start(story.dir(), Manners::default()).await;
    let branch = story.branch(&[]).await?;
    let source =
        json!({"url": server.url("stages.git"), "branch": "main", "file": "ci/build.star", "refresh_s": 600, "refresh_on_run": false});
    let made: StageView =
        story.api.post(&format!("/api/branches/{branch}/stages/from-repo"), &json!({"name": "build", "source": source})).await?;

    let runs_as = async |commit: &str, line: &str| -> Result<()> {
        let job = story.api.run_one(&branch).await?;
        assert_eq!(story.api.log(&job).await?, [line]);
        let run: Value = story.api.get(&format!("/api/runs/{}", job.run)).await?;
        assert_eq!((&run["source_commit"], &run["result"]), (&json!(commit), &json!(RunResult::Ok)));
        Ok(())
    };
    let first = repo.head();
    runs_as(&first, "one").await?;
    repo.write("ci/build.star", &story.shell("echo two")).commit("two");
    repo.push("main");
    let refresh = format!("/api/stages/{}/refresh", made.id);
    story.api.post::<Value>(&refresh, &json!({})).await?;
    let second = repo.head();
    runs_as(&second, "two").await?;
    // A version in error is not in force, and is told of.
    repo.write("ci/build.star", "def stage(ctx):\n    return {}\n").commit("three");
    repo.push("main");
    story.api.post::<Value>(&refresh, &json!({})).await?;
    runs_as(&second, "two").await?;
    let stage: Value = story.api.get(&format!("/api/stages/{}", made.id)).await?;
    let error = stage["source"]["error"].as_str().context("the stage says what is wrong")?;
    assert!(error.contains(&repo.head()) && error.contains("is in error"), "{error}");
    story.end([agent]).await
}
