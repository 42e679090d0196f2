//! Stages ask for paths, and the host tells none: they are looked for in the repository.

use anyhow::{Context, Result};
use kraken_domain::change::Change;
use kraken_harness::{FarGitHost, code, recorded};
use kraken_protocol::api::{DeliveryView, FlowView};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{came_of, set_up};
use crate::life::repo_story::Story;

struct Asked {
    story: Story,
    host: FarGitHost,
    /// The commit that `main` is at.
    before: String,
}

impl Asked {
    async fn begin() -> Result<Self> {
        let story = Story::with_file("README", "one\n").await?;
        for (name, webhook) in [("docs", json!({"paths": ["docs/**"]})), ("rest", json!({"paths_ignore": ["docs/**"]}))] {
            let stage = code(&json!({"parent": "root", "triggers": {"webhook": webhook}, "jobs": []}));
            story.home.api().add_stage(&story.branch, name, &stage).await?;
        }
        let host = set_up(&story.home, "github").await?;
        let before = story.repo.head();
        Ok(Self { story, host, before })
    }

    /// Tells of a pull request whose newest commit is `after`.
    async fn opened(&self, name: &str, after: &str) -> Result<DeliveryView> {
        let mut body = recorded("github", "pull_request_opened_from_fork")?;
        let url = json!(self.story.server.url("shop.git"));
        (body["repository"]["clone_url"], body["pull_request"]["base"]["repo"]["clone_url"]) = (url.clone(), url);
        (body["pull_request"]["base"]["sha"], body["pull_request"]["head"]["sha"]) = (json!(self.before), json!(after));
        assert_eq!(self.host.sends("pull_request", name, &body).await?.status(), StatusCode::ACCEPTED);
        came_of(&self.story.home, "github", name).await
    }

    async fn started(&self, told: &DeliveryView) -> Result<(Vec<String>, Option<String>)> {
        let flow = told.outcomes.first().and_then(|outcome| outcome.flow).with_context(|| format!("{told:?} started a flow"))?;
        let flow: FlowView = self.story.home.api().get(&format!("/api/flows/{flow}")).await?;
        let mut stages: Vec<String> = self.story.home.api().runs(&flow).await?.into_iter().map(|run| run.stage_name).collect();
        stages.sort();
        let changes: Vec<Value> = self.story.home.api().get(&format!("/api/flows/{}/changes", flow.id)).await?;
        let changes: Vec<Change> = serde_json::from_value(Value::from(changes))?;
        Ok((stages, changes.into_iter().next().and_then(|change| change.note)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_starts_the_stages_whose_paths_it_touches() -> Result<()> {
    let asked = Asked::begin().await?;
    let repo = &asked.story.repo;
    let docs = repo.write("docs/a.md", "a").commit("Words");
    repo.push("topic");
    let told = asked.opened("pr-1", &docs).await?;
    assert_eq!(asked.started(&told).await?, (vec!["docs".to_owned()], None));
    let both = repo.write("src/a.rs", "a").commit("Code");
    repo.push("topic");
    let told = asked.opened("pr-2", &both).await?;
    assert_eq!(asked.started(&told).await?, (vec!["docs".to_owned(), "rest".to_owned()], None), "all of its commits count");
    let skip = repo.write("src/a.rs", "b").commit("Not yet [skip ci]");
    repo.push("topic");
    let told = asked.opened("pr-3", &skip).await?;
    assert!(told.outcomes[0].flow.is_none() && told.outcomes[0].words.contains("says [skip ci]"), "{told:?}");
    asked.story.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_repository_cannot_be_read_every_stage_starts_and_the_flow_says_so() -> Result<()> {
    let asked = Asked::begin().await?;
    // That commit is nowhere.
    let told = asked.opened("pr-1", &"5".repeat(40)).await?;
    let (stages, note) = asked.started(&told).await?;
    assert_eq!(stages, ["docs", "rest"]);
    assert!(note.as_deref().is_some_and(|note| note.contains("it is not known which paths changed")), "{note:?}");
    asked.story.home.end([]).await
}
