//! Stages whose code is a file of a repository: the newest version that is right is in force, and what is wrong is said.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_harness::{Manners, refusal, shell};
use kraken_protocol::api::{RunView, StageView};
use serde_json::{Value, json};

use super::repo_story::Story;

const MINUTE: Duration = Duration::from_secs(60);

async fn begin() -> Result<Story> {
    Story::with_file("ci/build.star", &shell("echo first")).await
}

impl Story {
    fn source(&self, more: Value) -> Value {
        let mut source = json!({"url": self.server.url("shop.git"), "branch": "main", "file": "ci/build.star", "refresh_s": 600});
        if let (Some(source), Value::Object(more)) = (source.as_object_mut(), more) {
            source.extend(more);
        }
        source
    }

    async fn create(&self, source: Value) -> Result<StageView> {
        self.home.api().post(&format!("/api/branches/{}/stages/from-repo", self.branch), &json!({"name": "build", "source": source})).await
    }

    async fn stage(&self, stage: &StageView) -> Result<StageView> {
        self.home.api().get(&format!("/api/stages/{}", stage.id)).await
    }

    fn push(&self, code: &str) -> String {
        let commit = self.repo.write("ci/build.star", code).commit("change");
        self.repo.push("main");
        commit
    }

    async fn run(&self) -> Result<RunView> {
        let flow = self.home.api().start(&self.branch).await?;
        self.home.api().runs(&flow).await?.into_iter().next().context("the flow has a run")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_follows_its_file_and_each_run_says_of_which_commit_it_is() -> Result<()> {
    let story = begin().await?;
    let first = story.repo.head();
    let stage = story.create(story.source(json!({}))).await?;
    assert_eq!(stage.source.as_ref().map(|source| source.commit.as_str()), Some(first.as_str()));
    assert_eq!(story.stage(&stage).await?.code, Some(shell("echo first")));
    assert_eq!(story.run().await?.source_commit.as_deref(), Some(first.as_str()));

    let second = story.push(&shell("echo second"));
    story.home.tick().await?;
    assert_eq!(story.stage(&stage).await?.code, Some(shell("echo first")), "nobody looks before its time");
    story.home.pass(10 * MINUTE + Duration::from_secs(5)).await?;
    let now = story.stage(&stage).await?;
    assert_eq!((now.code, now.source.map(|source| source.commit)), (Some(shell("echo second")), Some(second.clone())));
    assert_eq!(story.run().await?.source_commit.as_deref(), Some(second.as_str()));

    let third = story.push(&shell("echo third"));
    let refreshed: StageView = story.home.api().post(&format!("/api/stages/{}/refresh", stage.id), &json!({})).await?;
    assert_eq!(refreshed.source.map(|source| source.commit), Some(third));
    story.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_version_changes_nothing_and_is_shown_with_its_lines() -> Result<()> {
    let story = begin().await?;
    let (stage, good) = (story.create(story.source(json!({}))).await?, story.repo.head());
    let broken = story.push("def stage(ctx):\n    import os\n");
    let refreshed: StageView = story.home.api().post(&format!("/api/stages/{}/refresh", stage.id), &json!({})).await?;
    let source = refreshed.source.context("it has a source")?;
    assert_eq!((source.commit.as_str(), source.newest_commit.as_deref()), (good.as_str(), Some(broken.as_str())));
    assert!(source.error.as_deref().is_some_and(|error| error.contains(&broken)), "{source:?}");
    assert!(source.problems.iter().any(|problem| problem.line == Some(2)), "{:?}", source.problems);
    assert_eq!(story.stage(&stage).await?.code, Some(shell("echo first")));
    assert_eq!(story.run().await?.source_commit.as_deref(), Some(good.as_str()));
    let mended = story.push(&shell("echo mended"));
    story.home.pass(10 * MINUTE + Duration::from_secs(5)).await?;
    let source = story.stage(&stage).await?.source.context("it has a source")?;
    assert_eq!((source.commit, source.error, source.problems.len()), (mended, None, 0));
    story.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_is_looked_at_before_each_run_if_it_wants_to_and_runs_without_when_its_host_is_away() -> Result<()> {
    let story = begin().await?;
    story.create(story.source(json!({"refresh_on_run": true}))).await?;
    let second = story.push(&shell("echo second"));
    let run = story.run().await?;
    assert_eq!((run.source_commit.as_deref(), run.note), (Some(second.as_str()), None));
    story.server.behave(Manners { page: true, ..Manners::default() });
    story.push(&shell("echo third"));
    let run = story.run().await?;
    let note = run.note.context("the run says so")?;
    assert!(note.contains("cannot be read") && note.contains(&second), "{note}");
    assert_eq!(run.source_commit.as_deref(), Some(second.as_str()));
    story.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_when_it_is_saved() -> Result<()> {
    let story = begin().await?;
    for (more, said) in [
        (json!({"branch": "none"}), "no branch"),
        (json!({"file": "ci/none.star"}), "no file"),
        (json!({"url": story.server.url("none.git")}), "no repository"),
        (json!({"url": "git@git.example.com:a/b"}), "https://git.example.com/a/b"),
        (json!({"refresh_s": 1}), "at least 60"),
        (json!({"credentials": "token"}), "token"),
    ] {
        let refused = refusal(story.create(story.source(more)).await)?;
        assert!(format!("{refused:?}").contains(said), "{said}: {refused:?}");
    }
    story.push("def stage(ctx):\n    return {}\n");
    assert_eq!(refusal(story.create(story.source(json!({}))).await)?.status, 422);
    story.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn code_of_a_repository_is_changed_there_until_its_source_is_taken_away() -> Result<()> {
    let story = begin().await?;
    let stage = story.create(story.source(json!({}))).await?;
    let path = format!("/api/stages/{}", stage.id);
    let change = json!({"code": shell("echo mine")});
    assert_eq!(refusal(story.home.api().put::<StageView>(&path, &change).await)?.status, 409);
    story.home.api().delete(&format!("{path}/source")).await?;
    let changed: StageView = story.home.api().put(&path, &change).await?;
    assert!(changed.source.is_none());
    story.push(&shell("echo second"));
    story.home.pass(20 * MINUTE).await?;
    assert_eq!(story.stage(&stage).await?.code, Some(shell("echo mine")));
    let back: StageView = story.home.api().put(&format!("{path}/source"), &story.source(json!({}))).await?;
    assert!(back.source.is_some());
    assert_eq!(story.stage(&stage).await?.code, Some(shell("echo second")));
    story.home.end([]).await
}
