//! Everything moves to another system: into a file here, out of it there.

mod everything;

use std::{io::Write, path::Path};

use anyhow::{Context, Result};
use kraken_cli::{
    client::Client,
    config::{Chosen, Token},
    failure::Failure,
    transfer,
};
use kraken_domain::job::Outcome;
use kraken_harness::{Home, child, code, ended, job, refusal, stage};
use reqwest::Method;
use serde_json::{Value, json};

/// The command line's client of a system.
fn client(home: &Home) -> Result<Client> {
    let server = home.api().url().parse().map_err(anyhow::Error::msg)?;
    Ok(Client::new(Chosen { server, token: Some(Token::parse(home.token(), "the test")?) })?)
}

async fn bring(home: &Home, file: &Path) -> Result<Result<transfer::Brought, Failure>> {
    Ok(transfer::bring(&client(home)?, file, &mut |_| {}).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_moves_with_flows_logs_and_artifacts_also_at_the_second_try() -> Result<()> {
    let mut old = Home::start().await?;
    let agent = old.agent().await?;
    let steps = [
        json!({"tool": "shell", "cmd": "echo Grüße; head -c 19000000 /dev/urandom > big.bin; : > empty.txt; echo one > 'é 1.txt'"}),
        json!({"tool": "artifacts", "source": ["big.bin", "empty.txt", "é 1.txt"]}),
    ];
    let branch = old.api().branch_with("demo", &[("build", &stage(&steps))]).await?;
    let flow = old.api().completed(&old.api().start(&branch).await?).await?;
    let job = old.api().only_job(&flow).await?;
    ended(&job, Outcome::Ok)?;
    let run = old.api().runs(&flow).await?.remove(0).id;
    let file = |path: &str| format!("/api/runs/{run}/artifacts/{path}");
    let big = old.api().request(Method::GET, &file("big.bin")).send().await?.bytes().await?;
    let folder = tempfile::tempdir()?;
    let export = folder.path().join("export.gz");
    let saved = transfer::save(&client(&old)?, &export, &mut |_| {}).await?;
    assert!(saved.bytes > 19_000_000 && saved.left_out == 0, "{saved:?}");

    let mut new = Home::start().await?;
    let api = new.api();
    // Of a file that was cut off nothing is taken.
    let whole = std::fs::read(&export)?;
    let cut = folder.path().join("cut.gz");
    std::fs::File::create(&cut)?.write_all(&whole[..whole.len() / 2])?;
    let refused = bring(&new, &cut).await?.unwrap_err();
    assert!(matches!(refused, Failure::Invalid { .. }) && refused.to_string().contains("cut off"), "{refused}");
    let not_begun = refusal(api.post::<Value>("/api/import/records", &json!({"items": []})).await)?;
    assert_eq!(not_begun.status, 409);

    // As if an earlier try had died on the way.
    api.request(Method::POST, "/api/import").send().await?.error_for_status()?;
    let page: Value = old.api().get("/api/export/records").await?;
    let records = api.request(Method::POST, "/api/import/records").json(&json!({"items": page["items"]})).send().await?;
    assert_eq!(records.status(), 204, "{}", records.text().await?);
    let brought = bring(&new, &export).await??;
    assert_eq!((brought.items, brought.objects, brought.bytes), (saved.items, saved.objects, saved.bytes));
    let again = bring(&new, &export).await?.unwrap_err();
    assert!(again.to_string().contains("--no-agent"), "{again}");

    let moved = api.flow(&flow).await?;
    assert_eq!((moved.state.as_str(), moved.runs.clone().context("its runs")?[0].jobs.total), ("completed", 1));
    assert!(api.log(&job).await?.contains(&"Grüße".to_owned()));
    assert!(api.request(Method::GET, &file("big.bin")).send().await?.bytes().await? == big);
    assert_eq!(api.request(Method::GET, &file("empty.txt")).send().await?.bytes().await?.len(), 0);
    assert_eq!(api.request(Method::GET, &file("%C3%A9%201.txt")).send().await?.bytes().await?, "one\n");
    // The moved system goes on: numbers continue, jobs run.
    assert_eq!(api.agent_named(agent.name()).await?.context("the agent moved")?.state, "offline");
    let worker = new.agent_by_hand().await?;
    let next = api.start(&branch).await?;
    assert_eq!(next.label, "2.");
    let order = worker.take().await?;
    worker.finish(&order, Outcome::Ok).await?;
    api.completed(&next).await?;
    old.end([agent]).await?;
    new.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_takes_nothing_that_no_export_has() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    for (path, body) in [
        ("/api/import/objects", json!({"keys": ["code/x.star"]})),
        ("/api/import/uploads", json!({"key": "code/x.star"})),
        ("/api/import/uploads/parts", json!({"key": "code/x.star", "upload": "u", "first": 1, "count": 1})),
        ("/api/import/uploads/complete", json!({"key": "code/x.star", "upload": "u", "etags": []})),
    ] {
        assert_eq!(refusal(api.post::<Value>(path, &body).await)?.status, 409, "{path}");
    }
    api.request(Method::POST, "/api/import").send().await?.error_for_status()?;
    for (path, body, field) in [
        ("/api/import/records", json!({"items": [{"pk": "x"}]}), "/items"),
        ("/api/import/records", json!({"items": [{"pk": "RUN#x", "sk": "JOB#1"}, 3]}), "/items"),
        ("/api/import/objects", json!({"keys": ["elsewhere/x"]}), "/keys"),
        ("/api/import/objects", json!({"keys": []}), "/keys"),
        ("/api/import/uploads", json!({"key": "x"}), "/key"),
        ("/api/import/uploads/parts", json!({"key": "code/x.star", "upload": "u", "first": 0, "count": 1}), "/first"),
        ("/api/import/uploads/parts", json!({"key": "code/x.star", "upload": "u", "first": 9999, "count": 3}), "/first"),
        ("/api/import/uploads/parts", json!({"key": "code/x.star", "upload": "u", "first": 1, "count": 101}), "/count"),
    ] {
        let refused = refusal(api.post::<Value>(path, &body).await)?;
        assert_eq!((refused.status.as_u16(), refused.problem.errors[0].path.as_str()), (422, field), "{path} {body}: {refused}");
    }
    // An address is good for what it was asked for, and checks what arrives.
    let at: Value = api.post("/api/import/objects", &json!({"keys": ["code/x.star"]})).await?;
    let url = at["urls"][0].as_str().context("an address")?;
    let put = async |url: &str, md5: &str| {
        Ok::<_, anyhow::Error>(reqwest::Client::new().put(url).header("content-md5", md5).body("x").send().await?.status())
    };
    assert_eq!(put(url, "1B2M2Y8AsgTpgAmY7PhCfg==").await?, 400);
    assert_eq!(put(url, "ndTkYSaMgDT1yFZOFVxnpg==").await?, 200);
    assert_eq!(put(&url.replace("x.star", "y.star"), "ndTkYSaMgDT1yFZOFVxnpg==").await?, 403);
    let finished: Value = api.post("/api/import/finish", &json!({})).await?;
    assert_eq!(finished, json!({}));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_decided_on_a_half_of_a_system() -> Result<()> {
    let mut old = Home::start().await?;
    let worker = old.agent_by_hand().await?;
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let build = code(&json!({"parent": "root", "triggers": {"interval": "1h"}, "jobs": [job("one", &steps), job("two", &steps)]}));
    let branch = old.api().branch_with("demo", &[("build", &build), ("test", &child("build", "true"))]).await?;
    let flow = old.api().start(&branch).await?;
    let order = worker.take().await?;
    worker.finish(&order, Outcome::Ok).await?;
    let page: Value = old.api().get("/api/export/records").await?;
    let all = page["items"].as_array().context("records")?;
    // The import stops before the job that still waits.
    let waits = |item: &Value| {
        let number = item["sk"].as_str().and_then(|sort| sort.strip_prefix("JOB#")?.parse::<u32>().ok());
        number.is_some_and(|number| number != order.job.number)
    };
    let half: Vec<&Value> = all.iter().filter(|item| !waits(item)).collect();
    assert_eq!(half.len() + 1, all.len());

    let new = Home::start().await?;
    let api = new.api();
    api.request(Method::POST, "/api/import").send().await?.error_for_status()?;
    api.request(Method::POST, "/api/import/records").json(&json!({"items": half})).send().await?.error_for_status()?;
    let (from, to) = (&old.server()?.control().objects, &new.server()?.control().objects);
    for (key, _) in from.list("", None, 1000).await?.0 {
        to.put(&key, "text/plain", from.get(&key).await?.context("what was listed")?).await?;
    }
    new.pass(std::time::Duration::from_secs(3700)).await?;
    assert_eq!(api.list::<Value>(&format!("/api/branches/{branch}/flows")).await?.len(), 1, "no trigger starts another flow");
    assert_eq!(api.runs(&flow).await?.len(), 1, "no child starts before all jobs of its parent are here");
    assert_eq!(api.flow(&flow).await?.state, "in_progress");
    api.request(Method::POST, "/api/import/records").json(&json!({"items": all})).send().await?.error_for_status()?;
    api.post::<Value>("/api/import/finish", &json!({})).await?;
    new.tick().await?;
    assert_eq!(api.list::<Value>(&format!("/api/branches/{branch}/flows")).await?.len(), 2, "from now on they do");
    assert_eq!(api.runs(&flow).await?.len(), 1);
    old.end([]).await?;
    new.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_imported_system_takes_no_changes_until_the_import_ends_or_is_given_up() -> Result<()> {
    let mut old = Home::start().await?;
    let agent = old.agent_by_hand().await?;
    let branch = old.api().branch_with("demo", &[("build", &stage(&[json!({"tool": "shell", "cmd": "true"})]))]).await?;
    let flow = old.api().start(&branch).await?;
    for (path, body) in [("/api/groups", json!({"name": "own"})), ("/api/groups", json!({"name": "brought"}))] {
        old.api().post::<Value>(path, &body).await?;
    }
    old.api().put::<Value>("/api/settings", &json!({"public_url": "https://old.example"})).await?;
    let page: Value = old.api().get("/api/export/records").await?;

    let mut new = Home::start().await?;
    let api = new.api();
    api.post::<Value>("/api/groups", &json!({"name": "own"})).await?;
    api.put::<Value>("/api/settings", &json!({"public_url": "https://new.example"})).await?;
    let since = async || Ok::<_, anyhow::Error>(api.get::<Value>("/api/health").await?["importing_since"].clone());
    assert_eq!(since().await?, Value::Null);
    assert_eq!(refusal(api.post::<Value>("/api/import/abandon", &json!({})).await)?.status, 409, "there is none");
    api.request(Method::POST, "/api/import").send().await?.error_for_status()?;
    for _ in 0..2 {
        api.request(Method::POST, "/api/import/records").json(&page).send().await?.error_for_status()?;
    }
    assert!(since().await?.is_string());

    let run = api.runs(&flow).await?.remove(0).id;
    for (path, body) in [
        ("/api/projects".to_owned(), json!({"name": "mine"})),
        ("/api/groups".to_owned(), json!({"name": "mine"})),
        ("/api/tokens".to_owned(), json!({"name": "mine", "grants": []})),
        (format!("/api/branches/{branch}/flows"), json!({})),
        (format!("/api/runs/{run}/cancel"), json!({})),
    ] {
        let refused = refusal(api.post::<Value>(&path, &body).await)?;
        assert_eq!(refused.status, 409, "{path}");
        assert!(refused.problem.detail.contains("kraken import --abandon"), "{path}: {refused}");
    }
    let enrolled = new.agent_by_hand().await.map(drop).unwrap_err();
    assert!(format!("{enrolled:#}").contains("kraken import --abandon"), "{enrolled:#}");

    let removed = transfer::abandon(&client(&new)?, &mut |_| {}).await?;
    assert!(removed > 5, "{removed}");
    assert_eq!(since().await?, Value::Null);
    assert!(api.list::<Value>("/api/projects").await?.is_empty() && api.list::<Value>("/api/agents").await?.is_empty());
    let groups = api.list::<Value>("/api/groups").await?;
    assert!(groups.iter().any(|group| group["name"] == "own"), "what was here before stays: {groups:?}");
    assert!(groups.iter().all(|group| group["name"] != "brought"), "what came goes: {groups:?}");
    assert_eq!(api.get::<Value>("/api/settings").await?["public_url"], "https://new.example");
    assert_eq!(api.request(Method::GET, &format!("/api/flows/{flow}", flow = flow.id)).send().await?.status(), 404);
    // It is new again: it can be used, as well as be imported into.
    let own = new.agent().await?;
    let branch = api.branch_with("demo", &[("build", &stage(&[json!({"tool": "shell", "cmd": "true"})]))]).await?;
    api.completed(&api.start(&branch).await?).await?;
    drop(agent);
    old.end([]).await?;
    new.end([own]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_another_process_began_is_met_at_once() -> Result<()> {
    let home = Home::start().await?;
    let (api, control) = (home.api(), home.server()?.control());
    let start = async || api.post::<Value>("/api/branches/01J00000000000000000000000/flows", &json!({})).await;
    assert_eq!(refusal(start().await)?.status, 404, "there is no such branch");
    control.store.begin_import(control.clock.now()).await?;
    assert_eq!(refusal(start().await)?.status, 409);
    control.store.end_import().await?;
    assert_eq!(refusal(start().await)?.status, 404);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_in_parts_is_only_taken_for_stored_if_it_was_made_of_them() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.request(Method::POST, "/api/import").send().await?.error_for_status()?;
    let key = "code/x.star";
    let begin = async || api.post::<Value>("/api/import/uploads", &json!({"key": key})).await;
    let complete = async |upload: &Value, etags: &[String]| {
        let stored = json!({"key": key, "upload": upload, "etags": etags});
        Ok::<_, anyhow::Error>(api.request(Method::POST, "/api/import/uploads/complete").json(&stored).send().await?.status().as_u16())
    };
    let store = async |upload: &Value| {
        let at: Value = api.post("/api/import/uploads/parts", &json!({"key": key, "upload": upload, "first": 1, "count": 1})).await?;
        let stored =
            reqwest::Client::new().put(at["urls"][0].as_str().context("an address")?).body("x").send().await?.error_for_status()?;
        Ok::<_, anyhow::Error>(stored.headers()["etag"].to_str()?.to_owned())
    };
    let first = begin().await?["upload"].clone();
    let etag = store(&first).await?;
    assert_eq!(complete(&first, std::slice::from_ref(&etag)).await?, 204);
    assert_eq!(complete(&first, std::slice::from_ref(&etag)).await?, 204, "the answer may have been lost");
    // Another upload whose parts never came is not whole because something of that name is there.
    let second = begin().await?["upload"].clone();
    assert_eq!(complete(&second, &[etag]).await?, 409);
    assert_eq!(complete(&json!("senseless"), &[]).await?, 422);
    home.end([]).await
}
