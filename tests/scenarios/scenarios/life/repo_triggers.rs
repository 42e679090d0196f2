//! Stages that start when a repository has new commits: once for each, whoever looks, and whatever happens to the repository.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kraken_domain::{StageId, change::Change, trigger::TriggerKind};
use kraken_harness::{Manners, code, job, refusal};
use kraken_protocol::api::{FlowView, StageView, TriggerView};
use serde_json::{Value, json};

use super::repo_story::Story;

const MINUTE: Duration = Duration::from_secs(60);

async fn begin() -> Result<Story> {
    Story::with_file("README", "one\n").await
}

impl Story {
    fn trigger(&self) -> Value {
        json!({"parent": false, "repo": {"url": self.server.url("shop.git"), "branch": "main", "interval": "10m"}})
    }

    async fn add(&self, name: &str, triggers: &Value) -> Result<String> {
        let stage = json!({"parent": "root", "triggers": triggers, "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]});
        self.home.api().add_stage(&self.branch, name, &code(&stage)).await
    }

    async fn flows(&self) -> Result<Vec<FlowView>> {
        self.home.api().list(&format!("/api/branches/{}/flows", self.branch)).await
    }

    async fn state(&self, stage: &str) -> Result<TriggerView> {
        let stage: StageView = self.home.api().get(&format!("/api/stages/{stage}")).await?;
        stage.triggers.into_iter().next().context("the stage has a trigger")
    }

    async fn changes(&self, flow: &FlowView) -> Result<Vec<Change>> {
        Ok(self.home.server()?.control().store.flow_changes(flow.id).await?.map(|read| read.value.changes).unwrap_or_default())
    }

    async fn end(self) -> Result<()> {
        self.home.end([]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_starts_one_flow_with_the_commits_that_it_brought() -> Result<()> {
    let story = begin().await?;
    let stage = story.add("build", &story.trigger()).await?;
    let before = story.repo.head();
    story.home.tick().await?;
    let seen = story.state(&stage).await?;
    assert_eq!((seen.repos[0].commit.as_deref(), seen.last_error.as_deref()), (Some(before.as_str()), None));
    assert!(story.flows().await?.is_empty(), "what was there before is not new");

    story.repo.write("src/new", "x").commit("two");
    let after = story.repo.write("README", "three\n").commit("three");
    story.repo.push("main");
    story.home.tick().await?;
    assert!(story.flows().await?.is_empty(), "nobody looks before its time");
    story.home.pass(10 * MINUTE).await?;
    let flows = story.flows().await?;
    assert_eq!((flows.len(), flows[0].reason.as_str()), (1, "repo"));
    let [change] = story.changes(&flows[0]).await?.try_into().ok().context("one change")?;
    assert_eq!(
        (change.trigger.as_str(), change.repo.as_str(), change.branch.as_str()),
        ("repo", story.server.url("shop.git").as_str(), "main")
    );
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some(before.as_str()), Some(after.as_str())));
    let messages: Vec<_> = change.commits.iter().map(|commit| commit.message.as_str()).collect();
    assert_eq!(messages, ["two", "three"]);
    assert_eq!(
        (change.commits[0].added.as_slice(), change.commits[1].modified.as_slice()),
        (&["src/new".to_owned()][..], &["README".to_owned()][..])
    );
    story.home.pass(10 * MINUTE).await?;
    assert_eq!(story.flows().await?.len(), 1, "once for each commit");
    story.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_look_at_the_same_moment_start_one_flow() -> Result<()> {
    let story = begin().await?;
    let stage = story.add("build", &story.trigger()).await?;
    story.home.tick().await?;
    story.repo.commit("two");
    story.repo.push("main");
    story.home.move_clock(i64::try_from((10 * MINUTE).as_millis())?);
    let id: StageId = stage.parse()?;
    let looks: Vec<_> = (0..6)
        .map(|_| {
            let control = story.home.server().map(|server| server.control().clone());
            tokio::spawn(async move { control?.reconcile_trigger(id, TriggerKind::Repo).await.map_err(anyhow::Error::from) })
        })
        .collect();
    for look in looks {
        look.await??;
    }
    assert_eq!(story.flows().await?.len(), 1);
    story.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planner_that_died_half_way_starts_nothing_twice_and_forgets_nothing() -> Result<()> {
    let story = begin().await?;
    let stage = story.add("build", &story.trigger()).await?;
    story.home.tick().await?;
    let known = story.repo.head();
    let found = story.repo.commit("two");
    story.repo.push("main");
    // It noted what it found, and died.
    let control = story.home.server()?.control();
    let read = control.store.trigger(stage.parse()?, TriggerKind::Repo).await?.context("the stage has a trigger")?;
    let now = control.clock.now();
    let mut commit = kraken_store::Commit::new();
    commit.replace(&read, &read.seen(now, now, &[Some(found.clone())], None))?;
    control.store.commit(commit).await?;
    // More comes before somebody else goes on.
    let newest = story.repo.commit("three");
    story.repo.push("main");
    story.home.tick().await?;
    let flows = story.flows().await?;
    assert_eq!(flows.len(), 1);
    assert_eq!(story.changes(&flows[0]).await?[0].after.as_deref(), Some(found.as_str()), "what was found is what is started");
    story.home.pass(10 * MINUTE).await?;
    let flows = story.flows().await?;
    assert_eq!(flows.len(), 2);
    let change = &story.changes(&flows[0]).await?[0];
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some(found.as_str()), Some(newest.as_str())));
    ensure!(known != found);
    story.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_is_deleted_is_said_and_seen_again_when_it_is_back() -> Result<()> {
    let story = begin().await?;
    let stage = story.add("build", &story.trigger()).await?;
    let other = story.add("clock", &json!({"parent": false, "interval": "10m"})).await?;
    story.home.tick().await?;
    story.repo.git_bare(&["update-ref", "-d", "refs/heads/main"]);
    story.home.pass(10 * MINUTE + Duration::from_secs(5)).await?;
    let state = story.state(&stage).await?;
    let error = state.last_error.context("it is said")?;
    assert!(error.contains("no branch \"main\""), "{error}");
    let flows = story.flows().await?;
    assert_eq!((flows.len(), flows[0].reason.as_str()), (1, "interval"), "other triggers go on");
    story.home.api().delete(&format!("/api/stages/{other}")).await?;
    story.repo.commit("back");
    story.repo.push("main");
    story.home.pass(21 * MINUTE).await?;
    let flows = story.flows().await?;
    assert_eq!((flows.len(), flows[0].reason.as_str()), (2, "repo"));
    assert!(story.state(&stage).await?.last_error.is_none());
    story.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_push_over_what_is_gone_starts_a_flow_that_says_so() -> Result<()> {
    let story = begin().await?;
    story.add("build", &story.trigger()).await?;
    story.home.tick().await?;
    story.repo.git(&["commit", "--quiet", "--amend", "--message", "other"]);
    story.repo.push("main");
    story.repo.git_bare(&["reflog", "expire", "--expire=now", "--all"]);
    story.repo.git_bare(&["gc", "--quiet", "--prune=now"]);
    story.home.pass(10 * MINUTE).await?;
    let flows = story.flows().await?;
    assert_eq!(flows.len(), 1);
    let change = &story.changes(&flows[0]).await?[0];
    assert!(change.note.as_deref().is_some_and(|note| note.contains("is no more")), "{change:?}");
    assert_eq!(change.commits.len(), 1);
    story.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_looked_for_again_and_nothing_is_lost() -> Result<()> {
    let story = begin().await?;
    let stage = story.add("build", &story.trigger()).await?;
    story.home.tick().await?;
    story.server.behave(Manners { page: true, ..Manners::default() });
    story.repo.commit("meanwhile");
    story.repo.push("main");
    story.home.pass(10 * MINUTE + Duration::from_secs(5)).await?;
    let state = story.state(&stage).await?;
    assert!(state.last_error.is_some() && story.flows().await?.is_empty());
    let (looked, next) = (state.last_looked.context("it was looked at")?, state.next_due.context("it comes again")?);
    assert!(next.duration_since(looked).as_mins() >= 9, "not at once: {next}");
    story.server.behave(Manners::default());
    story.home.pass(20 * MINUTE).await?;
    assert_eq!(story.flows().await?.len(), 1);
    story.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_in_an_address_are_refused_and_those_of_a_secret_are_asked_for() -> Result<()> {
    let story = begin().await?;
    let stage = code(
        &json!({"parent": "root", "triggers": {"repo": {"url": "https://ada:geheim@git.example.com/a", "branch": "main"}}, "jobs": []}),
    );
    let refused = story.home.api().add_stage(&story.branch, "build", &stage).await;
    let text = format!("{:?}", refused.err().context("it is refused")?);
    assert!(text.contains("put them into a secret") && !text.contains("geheim"), "{text}");
    story.server.behave(Manners { authorization: Some("Basic eC10b2tlbi1hdXRoOmdlaGVpbQ==".to_owned()), ..Manners::default() });
    let private = story.add("private", &story.trigger()).await?;
    story.home.tick().await?;
    let error = story.state(&private).await?.last_error.context("it is said")?;
    assert!(error.contains("is not public"), "{error}");

    let mut named = story.trigger();
    named["repo"]["credentials"] = json!("shop_token");
    let refused = refusal(story.add("named", &named).await)?;
    assert_eq!(refused.problem.errors[0].path, "/triggers/repo/credentials", "{refused:?}");
    let (secret, place) = (json!({"kind": "simple", "value": "geheim"}), format!("/api/branches/{}/secrets/shop_token", story.branch));
    let _set: Value = story.home.api().put(&place, &secret).await?;
    let named = story.add("named", &named).await?;
    story.home.api().delete(&place).await?;
    story.home.tick().await?;
    let error = story.state(&named).await?.last_error.context("it is said")?;
    assert!(error.contains("shop_token"), "{error}");
    let _set: Value = story.home.api().put(&place, &secret).await?;
    story.home.pass(11 * MINUTE).await?;
    let state = story.state(&named).await?;
    assert_eq!((state.last_error.as_deref(), state.repos[0].commit.as_deref()), (None, Some(story.repo.head().as_str())));
    story.end().await
}
