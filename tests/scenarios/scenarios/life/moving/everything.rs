//! One of each thing moves: what the API says of it is the same there, but for what only opens where it was sealed.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use kraken_cli::transfer;
use kraken_domain::job::Outcome;
use kraken_harness::{Api, FarSide, GitRepo, GitServer, Home, Manners, code, job, recorded, shell, wait_until};
use kraken_protocol::api::{BranchView, FlowView, NoticeView, RunView, SettingsView};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    super::{needs, webhooks},
    bring, client,
};

/// A system that has one of each.
struct Full {
    home: Home,
    /// The branch with all the stages.
    branch: String,
    /// Where jobs that are done are told of.
    _far: FarSide,
    _git: GitServer,
    _folder: TempDir,
}

impl Full {
    async fn fill() -> Result<Self> {
        let (mut home, folder, far) = (Home::start().await?, TempDir::new()?, FarSide::start().await?);
        let repo = GitRepo::create(folder.path(), "shop.git");
        repo.write("ci/build.star", &shell("true")).commit("one");
        repo.push("main");
        let git = GitServer::start(folder.path(), Manners::default()).await;
        let api = home.api();
        let smtp = json!({"server": "mail.example", "from": "ci@example.com", "user": "ci", "password": "p4ssword"});
        let slack = json!({"api": far.url(), "token": "xoxb-secret", "webhook": format!("{}/hook", far.url())});
        let settings = json!({"public_url": "https://ci.example", "smtp": smtp, "slack": slack});
        api.put::<SettingsView>("/api/settings", &settings).await?;
        api.post::<Value>("/api/groups", &json!({"name": "own"})).await?;
        api.post::<Value>("/api/tokens", &json!({"name": "viewer", "grants": [{"role": "viewer"}]})).await?;

        let stages = stages(&far, &git);
        let branch = api.branch_with("demo", &stages.each_ref().map(|(name, code)| (*name, code.as_str()))).await?;
        let source = json!({"url": git.url("shop.git"), "branch": "main", "file": "ci/build.star", "refresh_s": 600});
        let from_repo = json!({"name": "from repo", "source": source});
        api.post::<Value>(&format!("/api/branches/{branch}/stages/from-repo"), &from_repo).await?;
        let secret = json!({"kind": "simple", "value": "s3cr3t-value", "note": "for tests"});
        for of in ["projects/demo", &format!("branches/{branch}")] {
            api.put::<Value>(&format!("/api/{of}/secrets/token"), &secret).await?;
        }
        let seen: Value = api.get(&format!("/api/branches/{branch}/env")).await?;
        let env = json!({"version": seen["version"], "variables": {"NAME": "world"}});
        api.put::<Value>(&format!("/api/branches/{branch}/env"), &env).await?;
        api.put::<Value>(&format!("/api/branches/{branch}/sequences"), &json!({"flow": 40, "stages": {"needing": 7}})).await?;
        let away: BranchView = api.post(&format!("/api/branches/{branch}/fork"), &json!({"name": "away"})).await?;
        api.put::<Value>(&format!("/api/branches/{}", away.id), &json!({"archived": true, "public": true})).await?;

        let agent = home.agent_by_hand().await?;
        // The repository trigger looks once, and knows from then on what is not new.
        home.tick().await?;
        let host = webhooks::set_up(&home, "github").await?;
        let mut push = recorded("github", "push")?;
        push["ref"] = json!("refs/heads/main");
        assert_eq!(host.sends("push", "d-1", &push).await?.status(), StatusCode::ACCEPTED);
        webhooks::came_of(&home, "github", "d-1").await?;
        let flows: Vec<FlowView> = api.list(&format!("/api/branches/{branch}/flows")).await?;
        let pushed = flows.into_iter().next().context("the push started a flow")?;
        for of in DATA.map(|of| of.replace("BRANCH", &branch).replace("FLOW", &pushed.id.to_string())) {
            api.put::<Value>(&format!("/api/{of}"), &json!({"kept": of})).await?;
        }
        let retention: Value = api.get(&format!("/api/branches/{branch}/retention")).await?;
        let kept = json!({"version": retention["version"], "ci": {"days": 41, "logs_days": 40}, "dev": {"flows": 39}});
        api.put::<Value>(&format!("/api/branches/{branch}/retention"), &kept).await?;
        // One job of each stage that had its turn: that a run ended is told, and some of those that need others go on.
        for _ in 0..2 {
            let order = agent.take().await?;
            agent.finish(&order, Outcome::Ok).await?;
        }
        let waiting = api.start(&branch).await?;
        let (told, waits) = (api.run_in(&pushed, "telling", "processed").await?, async || {
            let runs: Vec<RunView> = api.runs(&waiting).await?;
            Ok(runs.iter().any(|run| run.note.as_deref().is_some_and(|note| note.contains("waits for its turn"))))
        });
        wait_until("a run of the group to wait", waits).await?;
        wait_until("the end to be told", async || {
            let notices: Vec<NoticeView> = api.list(&format!("/api/runs/{}/notices", told.id)).await?;
            Ok(!notices.is_empty() && notices.iter().all(|notice| notice.settled_at.is_some()))
        })
        .await?;
        Ok(Self { home, branch, _far: far, _git: git, _folder: folder })
    }
}

/// Where user data are kept.
const DATA: [&str; 5] =
    ["projects/demo/data", "branches/BRANCH/data", "branches/BRANCH/data?kind=ci", "branches/BRANCH/data?kind=dev", "flows/FLOW/data"];

fn stages(far: &FarSide, git: &GitServer) -> [(&'static str, String); 4] {
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let told = json!({"webhook": {"url": format!("{}/kraken", far.url()), "secret": "#{args.key}", "on": ["end"]}});
    let parameters = [json!({"name": "key", "type": "string", "default": "t0ken"})];
    let repo = json!({"parent": false, "interval": "1h", "repo": {"url": git.url("shop.git"), "branch": "main", "interval": "10m"}});
    let telling = json!({"parent": "root", "parameters": parameters, "jobs": [job("job", &steps)], "notification": told});
    let grouped = json!({"parent": "root", "concurrency": {"group": "deploy"}, "jobs": [job("job", &steps)]});
    let triggered = json!({"parent": "root", "triggers": repo, "jobs": [job("job", &steps)]});
    let needing = needs::stage(&[needs::job("start", &[]), needs::job("middle", &["start"]), needs::job("end", &["middle"])]);
    [("telling", code(&telling)), ("needing", needing), ("grouped", code(&grouped)), ("triggered", code(&triggered))]
}

/// All that the API says, by path.
async fn all_of(api: &Api) -> Result<BTreeMap<String, Value>> {
    let mut open: Vec<String> = ["settings", "groups", "enrolment-tokens", "agents", "projects"].map(|path| format!("/api/{path}")).into();
    let mut said = BTreeMap::new();
    while let Some(path) = open.pop() {
        let answer: Value = api.get(&path).await.with_context(|| path.clone())?;
        let listed = answer["items"].as_array().or_else(|| answer.as_array()).cloned().unwrap_or_default();
        let ids = listed.iter().filter_map(|item| item["id"].as_str());
        let parts: Vec<&str> = path.split('/').skip(2).collect();
        match parts[..] {
            ["projects"] => open.extend(
                ids.flat_map(|id| below("projects", id, &["", "branches", "data", "secrets", "webhooks", "webhooks/github/deliveries"])),
            ),
            ["projects", _, "branches"] => {
                let lists = ["", "data", "data?kind=ci", "data?kind=dev", "env", "retention", "secrets", "sequences", "stages", "flows"];
                open.extend(ids.flat_map(|id| below("branches", id, &lists)))
            }
            ["branches", _, "stages"] => open.extend(ids.flat_map(|id| below("stages", id, &[""]))),
            ["branches", _, "flows"] => open.extend(ids.flat_map(|id| below("flows", id, &["", "changes", "data"]))),
            ["flows", _] => {
                let runs = answer["runs"].as_array().into_iter().flatten().filter_map(|run| run["id"].as_str());
                open.extend(runs.flat_map(|id| below("runs", id, &["", "jobs", "notices"])));
            }
            ["runs", _, "jobs"] => open.extend(ids.flat_map(|id| below("jobs", id, &["", "waiting"]))),
            _ => {}
        }
        said.insert(path, answer);
    }
    Ok(said)
}

fn below(kind: &str, id: &str, lists: &[&str]) -> Vec<String> {
    lists.iter().map(|list| format!("/api/{kind}/{id}/{list}").trim_end_matches('/').to_owned()).collect()
}

/// The records by key, without what is learnt anew where they come to, or told by the system that it happened in.
async fn records(api: &Api) -> Result<BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    let mut path = "/api/export/records".to_owned();
    loop {
        let page: Value = api.get(&path).await?;
        for item in page["items"].as_array().into_iter().flatten() {
            let (partition, sort) = (item["pk"].as_str().unwrap_or_default(), item["sk"].as_str().unwrap_or_default());
            let learnt = ["COUNTS", "SEEN", "NEEDS", "AGENT"].contains(&sort);
            let learnt = learnt || ["ENDED#", "UNTOLD#", "TURNS#"].iter().any(|kind| sort.starts_with(kind));
            if !learnt {
                found.insert(format!("{partition} {sort}"), item["doc"].clone());
            }
        }
        let Some(next) = page["next"].as_str() else { return Ok(found) };
        path = format!("/api/export/records?cursor={next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_each_is_the_same_in_the_new_place() -> Result<()> {
    let old = Full::fill().await?;
    let export = old.home.dir().join("export.gz");
    transfer::save(&client(&old.home)?, &export, &mut |_| {}).await?;
    let (mut before, kept) = (all_of(&old.home.api()).await?, records(&old.home.api()).await?);

    let new = Home::start().await?;
    bring(&new, &export).await??;
    let api = new.api();
    // The run that waits asks for its turn anew.
    let waits = |said: &&Value| said["note"].as_str().is_some_and(|note| note.contains("waits for its turn"));
    let waiting = before.values().find(waits).and_then(|run| run["id"].as_str()).context("a run waits for its turn")?;
    new.tick().await?;
    let anew = async || Ok(waits(&&api.get::<Value>(&format!("/api/runs/{waiting}")).await?));
    wait_until("the run to wait here too", anew).await?;
    let (after, there) = (all_of(&api).await?, records(&api).await?);
    for what in ["DELIVERY#", "BODY#", "WEBHOOK#", "SECRET#", "CHANGES", "TRIGGER#", "RUNS#", "NOTICE#", "SEQUENCE", "SETTINGS", "JOB#"] {
        assert!(kept.keys().any(|key| key.contains(what)), "there is one of {what}");
    }
    // Of a run that waits it is another turn, which its group notes.
    let other: Vec<&String> = kept
        .iter()
        .filter(|(key, doc)| there.get(*key) != Some(doc) && ![" RUN#", " RUNS#"].iter().any(|turn| key.contains(turn)))
        .map(|(key, _)| key)
        .collect();
    assert!(other.is_empty(), "missing or other: {other:?}");
    assert!(kept.keys().all(|key| there.contains_key(key)));
    for of in DATA.map(|of| of.split('/').next_back().unwrap_or(of)) {
        let set = |(path, said): &(&String, &Value)| path.ends_with(of) && said["kept"].as_str().is_some_and(|kept| path.ends_with(kept));
        assert!(after.iter().any(|one| set(&one)), "{of} are there");
    }
    let policies: Vec<_> = after.iter().filter(|(path, said)| path.ends_with("/retention") && said["is_default"] == false).collect();
    assert!(policies.len() == 1 && policies[0].1["ci"]["days"] == 41 && policies[0].1["dev"]["flows"] == 39, "{policies:?}");

    // What only opens where it was sealed says that it must be set.
    for (path, said) in &mut before {
        for unset in [&["smtp", "password_set"], &["slack", "token_set"], &["slack", "webhook_set"]] {
            let place = format!("/{}", unset.join("/"));
            if path == "/api/settings" {
                *said.pointer_mut(&place).context(place)? = json!(false);
            }
        }
        if path.ends_with("/waiting") {
            let reason = said["reason"].as_str().unwrap_or_default().replace("is busy", "is offline");
            said["reason"] = json!(reason);
        }
        if path.ends_with("/webhooks") {
            said[0]["keys"][0]["must_be_rotated"] = json!(true);
        }
        if path.ends_with("/secrets") {
            for secret in said["items"].as_array_mut().into_iter().flatten() {
                secret["set"] = json!(false);
            }
        }
    }
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    // Agents are offline until they are heard of.
    let differ = |path: &&String| !path.starts_with("/api/agents") && before[*path] != after[*path];
    let differ: Vec<String> = before.keys().filter(differ).map(|path| format!("{path}\n  {}\n  {}", before[path], after[path])).collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));

    // What is signed with the key that is known elsewhere is refused as a wrong one, until there is one from here.
    let project = before["/api/projects"]["items"][0]["id"].as_str().context("the project")?.to_owned();
    let (path, push) = (format!("/api/projects/{project}/webhooks/github"), recorded("github", "push")?);
    let host = kraken_harness::FarGitHost::new(&api, &path, "github", "any");
    assert_eq!(host.sends("push", "d-2", &push).await?.status(), StatusCode::UNAUTHORIZED);
    let made: Value = api.post(&format!("{path}/rotate"), &json!({})).await?;
    let keys = made["webhook"]["keys"].as_array().context("keys")?;
    assert_eq!((keys.len(), &keys[0]["must_be_rotated"]), (1, &json!(false)), "one that opens nothing is not kept");
    let host = host.with_secret(made["secret"].as_str().context("the new key")?);
    assert_eq!(host.sends("push", "d-2", &push).await?.status(), StatusCode::ACCEPTED);
    assert_eq!(api.start(&old.branch).await?.label, "42.", "numbers go on");
    old.home.end([]).await?;
    new.end([]).await
}
