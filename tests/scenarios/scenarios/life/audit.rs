//! Who did what.

use anyhow::{Context, Result};
use kraken_harness::{Api, Home, refusal, shell};
use kraken_protocol::api::{AuditView, Page, ProjectView, TokenMade};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn token(api: &Api, name: &str, project: Option<String>, role: &str) -> Result<(Api, TokenMade)> {
    let made: TokenMade = api.post("/api/tokens", &json!({"name": name, "grants": [{"project": project, "role": role}]})).await?;
    Ok((api.with_token(Some(&made.secret)), made))
}

fn actions(entries: &[AuditView]) -> Vec<&str> {
    entries.iter().map(|entry| entry.action.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_changed_something_is_told_with_who_made_it() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let project: ProjectView = api.get("/api/projects/demo").await?;
    let (boss, made) = token(&api, "boss", Some(project.id.to_string()), "admin").await?;
    let before: Page<AuditView> = api.get("/api/audit").await?;

    let stage = boss.add_stage(&branch, "lint", &shell("true")).await?;
    let secret = json!({"kind": "simple", "value": "correct horse battery"});
    boss.put::<Value>(&format!("/api/branches/{branch}/secrets/pass"), &secret).await?;
    boss.delete(&format!("/api/stages/{stage}")).await?;
    boss.put::<Value>(&format!("/api/branches/{branch}/sequences"), &json!({"flow": 100})).await?;
    // What is refused changed nothing, nor does looking; who started a flow the flow says.
    refusal(boss.add_stage(&branch, "build", "x = 1").await)?;
    refusal(boss.put::<Value>(&format!("/api/branches/{branch}/sequences"), &json!({"flow": 50})).await)?;
    boss.get::<Value>(&format!("/api/branches/{branch}/stages")).await?;
    let flow = boss.start(&branch).await?;
    api.completed(&flow).await?;

    let log: Page<AuditView> = api.get("/api/audit").await?;
    let new = &log.items[..log.items.len() - before.items.len()];
    assert_eq!(
        actions(new),
        [
            "PUT /api/branches/{branch}/sequences",
            "DELETE /api/stages/{stage}",
            "PUT /api/branches/{branch}/secrets/{name}",
            "POST /api/branches/{branch}/stages"
        ]
    );
    let entry = new.last().context("the stage was made")?;
    assert_eq!((entry.actor.as_str(), entry.token, entry.project), ("boss", made.token.id, Some(project.id)));
    assert_eq!(entry.path, format!("/api/branches/{branch}/stages"));
    let what = entry.made.as_ref().map(|made| (made.kind.as_str(), made.id.as_str()));
    assert_eq!((what, entry.words.as_deref()), (Some(("stage", stage.as_str())), Some("Makes a stage")));
    assert_eq!(new[1].path, format!("/api/stages/{stage}"));
    assert!(!serde_json::to_string(&log)?.contains("correct horse"), "no secret is kept");
    assert_eq!(actions(&before.items).iter().filter(|action| **action == "POST /api/tokens").count(), 1);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_paged_narrowed_and_for_administrators() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.branch_with("mine", &[]).await?;
    api.branch_with("other", &[]).await?;
    let mine: ProjectView = api.get("/api/projects/mine").await?;
    let (admin, _) = token(&api, "admin of mine", Some(mine.id.to_string()), "admin").await?;
    let (user, _) = token(&api, "user", Some(mine.id.to_string()), "user").await?;
    let other: ProjectView = api.get("/api/projects/other").await?;
    let both = [&mine, &other].map(|project| json!({"project": project.id, "role": "user"}));
    api.post::<TokenMade>("/api/tokens", &json!({"name": "user of both", "grants": both})).await?;
    let newest: Page<AuditView> = api.get("/api/audit?limit=1").await?;
    assert_eq!((newest.items[0].action.as_str(), newest.items[0].project), ("POST /api/tokens", None), "it concerns more than one project");
    for name in ["a", "b", "c"] {
        admin.post::<Value>("/api/projects/mine/branches", &json!({"name": name})).await?;
    }

    let of_project = format!("project={}", mine.id);
    let all: Page<AuditView> = admin.get(&format!("/api/audit?{of_project}")).await?;
    assert!(all.items.iter().all(|entry| entry.project == Some(mine.id)) && all.next.is_none());
    assert_eq!(all.items.len(), 6, "its first branch, two tokens that open it, three more branches: {all:?}");
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<AuditView> = admin.get(&format!("/api/audit?{of_project}&limit=3{cursor}")).await?;
        entries.extend(page.items);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(entries, all.items);
    let by_admin: Page<AuditView> = api.get("/api/audit?actor=admin%20of%20mine").await?;
    assert_eq!(by_admin.items, all.items[..3]);
    let since = all.items[1].at;
    let later: Page<AuditView> = api.get(&format!("/api/audit?actor=admin%20of%20mine&since={since}")).await?;
    assert!(later.items.len() >= 2 && later.items.iter().all(|entry| entry.at >= since), "{later:?}");
    let earlier: Page<AuditView> = api.get(&format!("/api/audit?until={since}")).await?;
    assert!(earlier.items.iter().all(|entry| entry.at < since), "{earlier:?}");

    let next = api.get::<Page<AuditView>>("/api/audit?limit=1").await?.next.context("there are more")?;
    let (of_the_newest, too_long) =
        (format!("/api/audit?until=2026-01-01T00:00:00Z&cursor={next}"), format!("/api/queue?cursor=MDEj{}", "eHh4".repeat(500)));

    for (who, path, status) in [
        (&api, of_the_newest.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        (&api, too_long.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        (&admin, "/api/audit", StatusCode::FORBIDDEN),
        (&user, &*format!("/api/audit?{of_project}"), StatusCode::FORBIDDEN),
        (&api.with_token(None), "/api/audit", StatusCode::UNAUTHORIZED),
        (&api, "/api/audit?project=nonsense", StatusCode::UNPROCESSABLE_ENTITY),
        (&api, "/api/audit?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", StatusCode::UNPROCESSABLE_ENTITY),
        (&api, "/api/audit?since=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        (&api, "/api/audit?cursor=nonsense", StatusCode::UNPROCESSABLE_ENTITY),
        (&api, "/api/audit?limit=0", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(refusal(who.get::<Value>(path).await)?.status, status, "{path}");
    }
    home.end([]).await
}
