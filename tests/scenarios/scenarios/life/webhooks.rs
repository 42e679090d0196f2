//! Git hosts tell of pushes and pull requests: each starts one flow where it is tracked, however often it is told.

mod exactly_once;
mod refused;
mod removed;
mod superseded;
mod touched;

use anyhow::{Context, Result, ensure};
use kraken_harness::{FarGitHost, Home, code, eventually, job, recorded, shell};
use kraken_protocol::api::{DeliveryView, FlowView};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A project with a branch `main`, and the webhook of a kind of host.
pub(super) struct Told {
    pub(super) home: Home,
    /// The branch `main`.
    pub(super) branch: String,
    pub(super) host: FarGitHost,
    pub(super) kind: &'static str,
}

impl Told {
    pub(super) async fn start(kind: &'static str, stages: &[(&str, &str)]) -> Result<Self> {
        let home = Home::start().await?;
        let branch = home.api().branch_with("demo", stages).await?;
        let host = set_up(&home, kind).await?;
        Ok(Self { home, branch, host, kind })
    }

    /// The newest delivery, once it was dealt with.
    pub(super) async fn came_of_it(&self, delivery: &str) -> Result<DeliveryView> {
        came_of(&self.home, self.kind, delivery).await
    }

    /// What was said of a push that starts nothing.
    pub(super) async fn words(&self, event: &str, delivery: &str, body: &Value) -> Result<String> {
        let answer = self.host.sends(event, delivery, body).await?;
        ensure!(answer.status() == StatusCode::ACCEPTED, "{} {}", answer.status(), answer.text().await?);
        let told = self.came_of_it(delivery).await?;
        Ok(told.outcomes.iter().map(|outcome| outcome.words.clone()).collect::<Vec<_>>().join("; "))
    }

    pub(super) async fn flows(&self, kind: &str) -> Result<Vec<FlowView>> {
        // No cursor follows: a story has few flows.
        let page: Value = self.home.api().get(&format!("/api/branches/{}/flows?kind={kind}", self.branch)).await?;
        Ok(serde_json::from_value(page["items"].clone())?)
    }
}

pub(super) async fn set_up(home: &Home, kind: &'static str) -> Result<FarGitHost> {
    let path = format!("/api/projects/demo/webhooks/{kind}");
    let made: Value = home.api().put(&path, &json!({})).await?;
    let (path, secret) = (made["webhook"]["path"].as_str().context("it has a path")?, made["secret"].as_str().context("it has a key")?);
    Ok(FarGitHost::new(&home.api(), path, kind, secret))
}

pub(super) async fn came_of(home: &Home, kind: &str, delivery: &str) -> Result<DeliveryView> {
    eventually("the delivery is dealt with", async || {
        let told: Vec<DeliveryView> = home.api().list(&format!("/api/projects/demo/webhooks/{kind}/deliveries")).await?;
        Ok(told.into_iter().find(|told| told.id.ends_with(delivery) && !told.pending))
    })
    .await
}

/// A branch of the project `demo` that builds the repository branch `tracked`.
async fn tracking(home: &Home, name: &str, tracked: &str) -> Result<String> {
    let branch: Value = home.api().post("/api/projects/demo/branches", &json!({"name": name, "branch_name": tracked})).await?;
    let branch = branch["id"].as_str().context("a branch has an id")?.to_owned();
    home.api().add_stage(&branch, "build", &shell("true")).await?;
    Ok(branch)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_at_any_kind_of_host_starts_a_flow_in_the_branch_that_tracks_it() -> Result<()> {
    let home = Home::start().await?;
    home.api().branch_with("demo", &[("build", &shell("true"))]).await?;
    let hosts = [
        ("github", "push", "push", "feature/slashes/větev"),
        ("gitlab", "Push Hook", "push", "feature/日本語"),
        ("gitea", "push", "push", "develop/next"),
        ("forgejo", "push", "push", "trunk/of/it"),
        ("bitbucket", "repo:push", "repo_push", "feature/x"),
        ("bitbucket-server", "repo:refs_changed", "repo_refs_changed", "feature/x"),
    ];
    let mut started = 0;
    for (kind, event, name, tracked) in hosts {
        let host = set_up(&home, kind).await?;
        let branch = tracking(&home, &format!("for {kind}"), tracked).await?;
        let mut body = recorded(kind, name)?;
        match kind {
            "forgejo" => body["ref"] = json!(format!("refs/heads/{tracked}")),
            // Its recording asks for no flow.
            "bitbucket" => body = serde_json::from_str(&body.to_string().replace(" [skip ci]", ""))?,
            _ => {}
        }
        let delivery = format!("{kind}-1");
        let answer = host.sends(event, &delivery, &body).await?;
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{kind}: {}", answer.text().await?);
        // Bitbucket tells of a branch and a tag in one delivery: each comes to something of its own.
        let flow = eventually("the push starts a flow", async || {
            let flows: Vec<FlowView> = home.api().list(&format!("/api/branches/{branch}/flows")).await?;
            Ok(flows.into_iter().next())
        })
        .await?;
        let change = flow.change.clone().context("the flow has its change")?;
        assert_eq!((flow.reason.as_str(), flow.branch_name.as_str()), ("webhook", tracked), "{kind}");
        assert_eq!(change.branch, tracked, "{kind}");
        assert!(change.after.as_ref().is_some_and(|after| after.len() == 40), "{kind}: {change:?}");
        let whole: Vec<Value> = home.api().get(&format!("/api/flows/{}/changes", flow.id)).await?;
        assert_eq!(whole.len(), 1, "{kind}");
        assert_eq!(whole[0]["commits"].as_array().map(Vec::len), usize::try_from(change.commits).ok(), "{kind}");
        assert!(!came_of(&home, kind, &delivery).await?.outcomes.is_empty());
        started += 1;
    }
    assert_eq!(started, hosts.len());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_from_a_fork_starts_a_dev_flow_where_it_goes_to_and_again_with_new_commits() -> Result<()> {
    let label = json!({"parent": "root", "run_label": "#{flow.kind} of #{flow.trigger.branch} by #{flow.trigger.by.name}",
        "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]});
    let mut told = Told::start("github", &[("build", &code(&label))]).await?;
    let agent = told.home.agent_by_hand().await?;
    let opened = recorded("github", "pull_request_opened_from_fork")?;
    assert_eq!(told.host.sends("pull_request", "pr-1", &opened).await?.status(), StatusCode::ACCEPTED);
    told.came_of_it("pr-1").await?;
    let [flow] = told.flows("dev").await?.try_into().map_err(|flows| anyhow::anyhow!("one flow, not {flows:?}"))?;
    assert_eq!((flow.kind.as_str(), flow.branch_name.as_str()), ("dev", "feature/slashes"));
    let change = flow.change.clone().context("it has its change")?;
    assert_eq!((change.pull_request, change.target_branch.as_deref(), change.from_fork), (Some(7), Some("main"), true));
    let [run] = told.home.api().runs(&flow).await?.try_into().map_err(|runs| anyhow::anyhow!("one run, not {runs:?}"))?;
    let who = flow.started_by.clone().context("somebody opened it")?;
    assert_eq!(run.label, format!("dev of feature/slashes by {who}"), "texts see the change");
    let offer = agent.take().await?;
    assert_eq!(offer.context["flow"]["trigger"]["pull_request"]["number"], 7, "steps see the change");
    assert_eq!(offer.context["flow"]["trigger"]["after"], json!(change.after));

    let pushed = recorded("github", "pull_request_synchronize")?;
    assert_eq!(told.host.sends("pull_request", "pr-2", &pushed).await?.status(), StatusCode::ACCEPTED);
    told.came_of_it("pr-2").await?;
    assert_eq!(told.flows("dev").await?.len(), 2);
    let assigned = told.words("pull_request", "pr-3", &recorded("github", "pull_request_assigned")?).await?;
    assert!(!assigned.contains("started"), "{assigned}");
    assert_eq!((told.flows("dev").await?.len(), told.flows("ci").await?.len()), (2, 0));
    agent.finish(&offer, kraken_domain::job::Outcome::Ok).await?;
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_that_turns_to_another_branch_starts_a_dev_flow_there_with_the_same_commits() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let develop = tracking(&told.home, "develop", "develop").await?;
    // It was opened for develop, and goes into main from now on.
    let words = told.words("pull_request", "pr-1", &recorded("github", "pull_request_edited_base")?).await?;
    assert!(words.starts_with("branch main: started dev flow"), "{words}");
    let change = told.flows("dev").await?[0].change.clone().context("it has its change")?;
    assert_eq!((change.pull_request, change.target_branch.as_deref()), (Some(7), Some("main")));
    let there: Vec<FlowView> = told.home.api().list(&format!("/api/branches/{develop}/flows")).await?;
    assert_eq!(there.len(), 0, "what it left has its flow already");
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_starts_nothing_says_why() -> Result<()> {
    let told = Told::start("github", &[("build", &shell("true"))]).await?;
    let skip = told.words("push", "d-1", &recorded("github", "push_skip_ci")?).await?;
    assert!(skip.contains("[skip ci]") || skip.contains("says ["), "{skip}");
    let untracked = told.words("push", "d-2", &recorded("github", "push_branch_deleted")?).await?;
    assert_eq!(untracked, "no branch tracks refs/heads/simple-branch");
    let mut gone = recorded("github", "push_branch_deleted")?;
    gone["ref"] = json!("refs/heads/main");
    assert_eq!(told.words("push", "d-3", &gone).await?, "branch main: refs/heads/main was deleted");
    assert_eq!(told.words("push", "d-4", &recorded("github", "push_tag")?).await?, "no stage is started by tag v1.0.0");
    assert_eq!(told.host.sends("ping", "d-5", &recorded("github", "ping")?).await?.status(), StatusCode::OK);
    assert!(told.flows("ci").await?.is_empty() && told.flows("dev").await?.is_empty());
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_take_the_paths_and_tags_that_they_care_for() -> Result<()> {
    let stage = |webhook: Value| {
        let steps = [json!({"tool": "shell", "cmd": "true"})];
        code(&json!({"parent": "root", "triggers": {"parent": true, "webhook": webhook}, "jobs": [job("job", &steps)]}))
    };
    let (docs, release, never) =
        (stage(json!({"paths": ["docs/"]})), stage(json!({"paths": ["src/**"], "tags": ["v*"]})), stage(json!(false)));
    let told = Told::start("github", &[("docs", &docs), ("release", &release), ("never", &never)]).await?;
    let stages_of = async |flow: &FlowView| -> Result<Vec<String>> {
        let mut names: Vec<String> = told.home.api().runs(flow).await?.into_iter().map(|run| run.stage_name).collect();
        names.sort();
        Ok(names)
    };
    let push = |path: &str, after: &str| -> Result<Value> {
        let mut body = recorded("github", "push")?;
        let mut commit = body["commits"][0].clone();
        (commit["added"], commit["modified"], commit["removed"]) = (json!([path]), json!([]), json!([]));
        commit["message"] = json!("a change");
        commit["id"] = json!(after);
        body["head_commit"] = commit.clone();
        body["commits"] = json!([commit]);
        body["ref"] = json!("refs/heads/main");
        body["after"] = json!(after);
        Ok(body)
    };
    let words = told.words("push", "p-1", &push("docs/a.md", &"1".repeat(40))?).await?;
    assert!(words.contains("started ci flow"), "{words}");
    assert_eq!(stages_of(&told.flows("ci").await?[0]).await?, ["docs"]);
    let words = told.words("push", "p-2", &push("README.md", &"2".repeat(40))?).await?;
    assert!(
        words.contains("stage docs: none of the 1 changed paths counts") && words.contains("stage never: it accepts no webhooks"),
        "{words}"
    );
    let words = told.words("push", "p-3", &recorded("github", "push_tag")?).await?;
    assert!(words.contains("started ci flow"), "{words}");
    let flows = told.flows("ci").await?;
    assert_eq!((flows.len(), flows[0].branch_name.as_str()), (2, "v1.0.0"));
    assert_eq!(stages_of(&flows[0]).await?, ["release"]);

    let bad = code(&json!({"parent": "root", "triggers": {"webhook": {"paths": ["a["], "repos": ["nowhere"]}}, "jobs": []}));
    let refused = kraken_harness::refusal(told.home.api().add_stage(&told.branch, "bad", &bad).await)?;
    let paths: Vec<&str> = refused.problem.errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["/triggers/webhook/paths/0", "/triggers/webhook/repos/0"]);
    told.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_does_not_start_with_flows_starts_only_with_the_webhooks_that_it_asks_for() -> Result<()> {
    let by_clock = |webhook: Value| {
        let triggers = json!({"parent": false, "cron": "0 3 1 1 *"});
        let mut stage = json!({"parent": "root", "triggers": triggers, "jobs": []});
        if !webhook.is_null() {
            stage["triggers"]["webhook"] = webhook;
        }
        code(&stage)
    };
    let (nightly, asking) = (by_clock(Value::Null), by_clock(json!(true)));
    let told = Told::start("github", &[("build", &shell("true")), ("nightly", &nightly), ("asking", &asking)]).await?;
    let mut push = recorded("github", "push")?;
    push["ref"] = json!("refs/heads/main");
    for (event, name, body) in [("push", "d-1", &push), ("pull_request", "d-2", &recorded("github", "pull_request_opened_from_fork")?)] {
        told.words(event, name, body).await?;
        let flow = told.came_of_it(name).await?.outcomes[0].flow.context("a flow was started")?;
        let flow: FlowView = told.home.api().get(&format!("/api/flows/{flow}")).await?;
        let mut stages: Vec<String> = told.home.api().runs(&flow).await?.into_iter().map(|run| run.stage_name).collect();
        stages.sort();
        assert_eq!(stages, ["asking", "build"], "{event}");
    }
    told.home.end([]).await
}
