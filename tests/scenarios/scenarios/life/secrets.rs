//! Secrets: set by people, used by steps, seen by nobody.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::{Api, Home, code, ended, job, refusal, shell, stage, wait_until};
use kraken_protocol::api::{JobView, SecretList, SecretView};
use reqwest::Method;
use serde_json::{Value, json};

const TOKEN: &str = "s3cr3t-t0ken-of-the-project";
const OWN: &str = "an0ther-t0ken-of-the-branch";
const KEY: &str = "-----BEGIN TEST KEY-----\nbGluZSBvbmUgb2YgaXQ\nbGluZSB0d28gb2YgaXQ\n-----END TEST KEY-----\n";

async fn set(api: &Api, of: &str, name: &str, body: &Value) -> Result<SecretView> {
    api.put(&format!("/api/{of}/secrets/{name}"), body).await
}

fn simple(value: &str) -> Value {
    json!({"kind": "simple", "value": value, "note": "for tests"})
}

/// Every file below `folder` that has these bytes somewhere.
fn files_with(folder: &Path, needle: &str, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_with(&path, needle, found)?;
        } else if path.is_file() && std::fs::read(&path)?.windows(needle.len()).any(|bytes| bytes == needle.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    Ok(())
}

/// Processes of this machine with that text among their arguments.
fn arguments_with(needle: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let command = std::fs::read(entry?.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).into_owned();
        if command.contains(needle) {
            found.push(command);
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_is_given_is_found_nowhere_afterwards() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    set(&api, "projects/demo", "token", &simple(TOKEN)).await?;
    set(&api, "projects/demo", "deploy", &json!({"kind": "ssh_key", "user": "robot", "key": KEY})).await?;
    let (here, go) = (home.dir().join("here"), home.dir().join("go"));
    // Said at once, in pieces, encoded, line by line; and while it waits, everybody may look at the processes.
    let say = format!(
        "echo plain #{{secrets.token}}; v=\"$TOKEN\"; printf 'pieces %s' \"${{v%???????}}\"; printf '%s\\n' \"${{v#\"${{v%???????}}\"}}\"; \
         printf '%s' \"$TOKEN\" | base64; printf '%s\\n' \"$KEY\"; printf '%s' \"$KEY\" | sed 's/^/  /'; echo older #{{KK_SECRET_SIMPLE_token}} user #{{secrets.deploy.user}}; \
         touch {here}; until [ -e {go} ]; do sleep 0.1; done",
        here = here.display(),
        go = go.display(),
    );
    let steps = [json!({"tool": "shell", "cmd": say, "env": {"TOKEN": "#{secrets.token}", "KEY": "#{secrets.deploy.key}"}})];
    api.add_stage(&branch, "build", &stage(&steps)).await?;
    let flow = api.start(&branch).await?;
    wait_until("the step to wait", async || Ok(here.exists())).await?;
    let seen = [TOKEN, "bGluZSBvbmUgb2YgaXQ"].map(arguments_with);
    std::fs::write(&go, b"")?;
    for seen in seen {
        let seen = seen?;
        ensure!(seen.is_empty(), "everybody can read the arguments of processes: {seen:?}");
    }
    let flow = api.completed(&flow).await?;
    let job = api.only_job(&flow).await?;
    ended(&job, Outcome::Ok)?;

    let log = api.log(&job).await?;
    assert_eq!((log[0].as_str(), log[1].as_str(), log[2].as_str()), ("plain ******", "pieces ******", "******"), "{log:?}");
    assert_eq!(log[3..8], ["******", "  ******", "  ******", "  ******", "  ******"], "whole, and line by line: {log:?}");
    assert!(log.iter().any(|line| line == "older ****** user robot"), "{log:?}");
    let secret = [TOKEN, "czNjcjN0LXQwa2VuLW9mLXRoZS1wcm9qZWN0", "bGluZSBvbmUgb2YgaXQ", "bGluZSB0d28gb2YgaXQ"];
    for value in secret {
        assert!(!log.iter().any(|line| line.contains(value)), "{value} is in the log: {log:?}");
        let run = &api.runs(&flow).await?[0];
        for path in [
            format!("/api/flows/{}", flow.id),
            format!("/api/runs/{}", run.id),
            format!("/api/jobs/{}", job.id),
            format!("/api/branches/{branch}/stages"),
            "/api/projects/demo/secrets".to_owned(),
            "/api/export/records".to_owned(),
        ] {
            let answer = api.get::<Value>(&path).await?.to_string();
            assert!(!answer.contains(value), "{value} is in the answer to {path}");
        }
    }
    // Also what was written on the way to the disk and is no longer needed.
    agent_ended(home, agent, &secret).await
}

/// Ends everything, and looks through all that it left on the disk.
async fn agent_ended(home: Home, mut agent: kraken_harness::AgentProcess, secret: &[&str]) -> Result<()> {
    agent.finish().await?;
    let mut home = home;
    home.stop().await;
    for value in secret {
        let mut found = Vec::new();
        files_with(home.dir(), value, &mut found)?;
        ensure!(found.is_empty(), "{value} is in {found:?}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn user_data_are_no_place_for_secrets_however_they_come_there() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    set(&api, "projects/demo", "token", &simple(TOKEN)).await?;
    let write = "printf '{\"kept\": \"%s\"}' \"$TOKEN\" > kept.json; printf '.kept = \"%s\"' \"$TOKEN\" > kept.jq";
    let write = json!({"tool": "shell", "cmd": write, "env": {"TOKEN": "#{secrets.token}"}});
    let ways = [
        (json!({"tool": "data", "file": "kept.json"}), "there is a secret in what would be kept"),
        (json!({"tool": "data", "operation": "jq", "file": "kept.jq"}), "there is a secret in what would be kept"),
        (json!({"tool": "data", "json_pointer": "/#{secrets.token}", "value": 1}), "field `json_pointer`: what it names is a secret"),
    ];
    let jobs: Vec<Value> = ways.iter().zip(1..).map(|((step, _), n)| job(&format!("way {n}"), &[write.clone(), step.clone()])).collect();
    api.add_stage(&branch, "build", &code(&json!({"parent": "root", "jobs": jobs}))).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    for (job, (step, expected)) in api.all_jobs(&flow).await?.iter().zip(&ways) {
        let job = api.job(job.id).await?;
        ended(&job, Outcome::StepError)?;
        let said = job.steps.context("its steps")?[1].message.clone().unwrap_or_default();
        assert!(said.starts_with(expected) && !said.contains(TOKEN), "{step}: {said}");
    }
    assert_eq!(api.get::<Value>(&format!("/api/flows/{}/data", flow.id)).await?, json!({}));
    agent_ended(home, agent, &[TOKEN]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branchs_own_goes_before_its_projects_until_it_is_gone() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let own = format!("branches/{branch}");
    set(&api, "projects/demo", "token", &simple(TOKEN)).await?;
    let view = set(&api, &own, "token", &simple(OWN)).await?;
    assert_eq!((view.of.as_str(), view.kind.as_str(), view.set, view.note.as_str()), ("branch", "simple", true, "for tests"));
    assert!(view.changed_by.is_some(), "{view:?}");
    api.add_stage(&branch, "build", &shell("printf '%s' \"#{secrets.token}\" | sha256sum | cut -c1-64")).await?;

    let hash = async |value: &str| -> Result<JobView> {
        let job = api.run_one(&branch).await?;
        ended(&job, Outcome::Ok)?;
        assert_eq!(api.log(&job).await?, [kraken_store::secret_hash(value)]);
        Ok(job)
    };
    hash(OWN).await?;
    api.delete(&format!("/api/{own}/secrets/token")).await?;
    hash(TOKEN).await?;

    // Set anew, it is used from the next job on; gone, the step that names it says so.
    set(&api, "projects/demo", "token", &simple(OWN)).await?;
    hash(OWN).await?;
    api.delete("/api/projects/demo/secrets/token").await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::StepError)?;
    let message = job.steps.as_ref().and_then(|steps| steps[0].message.clone()).context("a failed step says why")?;
    assert!(message.contains("there is no secret \"token\": it was deleted, or has no value yet"), "{message}");
    let gone =
        refusal(api.request(Method::DELETE, "/api/projects/demo/secrets/token").send().await.map_err(Into::into).and_then(|answer| {
            ensure!(answer.status() == 404, "{}", answer.status());
            Err::<(), _>(anyhow::anyhow!("gone"))
        }));
    assert!(gone.is_err(), "a plain error, as wished");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_can_be_kept_is_taken() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    for (name, body, path, why) in [
        ("flow", simple("value"), "/path/name", "means something else"),
        ("a.b", simple("value"), "/path/name", "has the character '.'"),
        ("short", simple("abc"), "/value", "shorter than 4 characters"),
        ("long", simple(&"x".repeat(20_000)), "/value", "expected at most 16384"),
        ("key", json!({"kind": "ssh_key", "user": "a\nb", "key": KEY}), "/user", "printable"),
        ("kind", json!({"kind": "other", "value": "value"}), "", "expected one of `simple`"),
    ] {
        let refused = refusal(set(&api, "projects/demo", name, &body).await)?;
        let error = refused.problem.errors.first().with_context(|| format!("{refused:?}"))?;
        assert_eq!((refused.status.as_u16(), error.path.as_str()), (422, path), "{refused:?}");
        assert!(error.message.contains(why), "{refused:?}");
    }
    // A stage that names what there is not, or what is of another kind, is not taken.
    set(&api, "projects/demo", "login", &json!({"kind": "user_password", "user": "robot", "password": "hunter-22"})).await?;
    for (cmd, why) in [
        ("#{secrets.nothing}", "neither the branch nor its project has a secret \"nothing\""),
        ("#{secrets.login.key}", "expected an SSH key"),
    ] {
        let body = json!({"name": "build", "code": shell(&format!("echo {cmd}"))});
        let refused = refusal(api.post::<Value>(&format!("/api/branches/{branch}/stages"), &body).await)?;
        assert!(refused.status == 422 && refused.problem.errors[0].message.contains(why), "{refused:?}");
    }
    api.add_stage(&branch, "build", &shell("echo #{secrets.login.user}")).await?;
    let list: SecretList = api.get("/api/projects/demo/secrets").await?;
    assert_eq!(list.items.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["login"]);

    // Who only looks, or starts flows, changes none.
    for role in ["viewer", "user"] {
        let made: Value = api.post("/api/tokens", &json!({"name": role, "grants": [{"role": role}]})).await?;
        let other = api.with_token(made["secret"].as_str());
        let refused = refusal(set(&other, "projects/demo", "token", &simple("value")).await)?;
        assert_eq!(refused.status.as_u16(), 403, "{refused:?}");
        other.get::<SecretList>("/api/projects/demo/secrets").await?;
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_says_that_there_is_a_secret_and_not_what_it_holds() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.branch_with("demo", &[]).await?;
    set(&api, "projects/demo", "token", &simple(TOKEN)).await?;
    let records = api.get::<Value>("/api/export/records").await?;
    let secret = records["items"].as_array().into_iter().flatten().find(|item| item["sk"] == "SECRET#token");
    let document: Value = serde_json::from_str(secret.context("the secret is in the export")?["doc"].as_str().unwrap_or_default())?;
    assert_eq!((document["name"].as_str(), document.get("sealed")), (Some("token"), None), "{document}");
    home.end([]).await
}
