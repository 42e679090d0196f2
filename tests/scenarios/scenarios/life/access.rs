//! Who may do what.

use anyhow::Result;
use kraken_harness::{Api, Home, refusal, shell};
use kraken_protocol::api::{Page, ProjectView, TokenMade};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A token with one role.
async fn token(api: &Api, project: Option<&str>, role: &str) -> Result<Api> {
    let made: TokenMade = api.post("/api/tokens", &json!({"name": role, "grants": [{"project": project, "role": role}]})).await?;
    Ok(api.with_token(Some(&made.secret)))
}

async fn status(api: &Api, method: Method, path: &str, body: Value) -> Result<u16> {
    let response = api.request(method, path).json(&body).send().await?;
    let status = response.status();
    if !status.is_success() {
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
    }
    Ok(status.as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_do_its_part_in_its_project_and_nothing_in_others() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("mine", &[("build", &shell("true"))]).await?;
    let other = api.branch_with("other", &[]).await?;
    let mine: ProjectView = api.get("/api/projects/mine").await?;
    let mine_id = mine.id.to_string();
    let flow = api.start(&branch).await?;
    let [viewer, user, admin] = [
        token(&api, Some(&mine_id), "viewer").await?,
        token(&api, Some(&mine_id), "user").await?,
        token(&api, Some(&mine_id), "admin").await?,
    ];

    let stage = json!({"name": "more", "code": shell("true")});
    let calls = [
        // What                                                                        viewer user admin
        (Method::GET, format!("/api/flows/{}", flow.id), json!({}), [200, 200, 200]),
        (Method::GET, format!("/api/branches/{branch}/stages"), json!({}), [200, 200, 200]),
        (Method::POST, format!("/api/branches/{branch}/flows"), json!({}), [403, 201, 201]),
        (Method::POST, format!("/api/flows/{}/cancel", flow.id), json!({}), [403, 202, 202]),
        (Method::POST, format!("/api/branches/{branch}/stages"), stage.clone(), [403, 403, 201]),
        (Method::POST, "/api/projects/mine/branches".to_owned(), json!({"name": "next"}), [403, 403, 201]),
        // Of another project.
        (Method::GET, format!("/api/branches/{other}/stages"), json!({}), [403, 403, 403]),
        (Method::POST, format!("/api/branches/{other}/flows"), json!({}), [403, 403, 403]),
        (Method::POST, format!("/api/branches/{other}/stages"), stage, [403, 403, 403]),
        // Of the system.
        (Method::POST, "/api/projects".to_owned(), json!({"name": "third"}), [403, 403, 403]),
        (Method::DELETE, "/api/projects/mine".to_owned(), json!({}), [403, 403, 403]),
        (Method::POST, "/api/groups".to_owned(), json!({"name": "gpu"}), [403, 403, 403]),
        (Method::GET, "/api/tokens".to_owned(), json!({}), [403, 403, 403]),
        (Method::POST, "/api/enrolment-tokens".to_owned(), json!({}), [403, 403, 403]),
    ];
    for (method, path, body, expected) in calls {
        for (who, (api, expected)) in ["viewer", "user", "admin"].iter().zip([&viewer, &user, &admin].into_iter().zip(expected)) {
            assert_eq!(status(api, method.clone(), &path, body.clone()).await?, expected, "{who}: {method} {path}");
        }
    }

    let seen: Page<ProjectView> = viewer.get("/api/projects").await?;
    assert_eq!(seen.items.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(), ["mine"]);

    // Nobody gives more than he has.
    let grab = json!({"name": "grab", "grants": [{"project": null, "role": "admin"}]});
    assert_eq!(status(&admin, Method::POST, "/api/tokens", grab).await?, 403);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_only_for_what_it_was_made_for() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let enrolment = api.with_token(Some(&home.enrolment_token(&[]).await?));

    // An agent is not a person, a person is no agent, and an enrolment token only enrols.
    for path in ["/api/projects", "/api/agents", "/api/tokens"] {
        let allowed = status(agent.api(), Method::GET, path, json!({})).await?;
        assert_eq!(allowed, 403, "agent: {path}");
        assert_eq!(status(&enrolment, Method::GET, path, json!({})).await?, 401, "enrolment: {path}");
    }
    for path in ["/api/agent/claim", "/api/agent/heartbeat"] {
        assert_eq!(status(&api, Method::POST, path, json!({})).await?, 403, "{path}");
        assert_eq!(status(&enrolment, Method::POST, path, json!({})).await?, 401, "{path}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_when_its_time_is_over_or_it_is_deleted() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let end = kraken_domain::Timestamp::now() + std::time::Duration::from_secs(3600);
    let short = json!({"name": "short", "grants": [{"role": "viewer"}], "expires_at": end});
    let short: TokenMade = api.post("/api/tokens", &short).await?;
    let long: TokenMade = api.post("/api/tokens", &json!({"name": "long", "grants": [{"role": "viewer"}]})).await?;
    let [short_api, long_api] = [&short, &long].map(|made| api.with_token(Some(&made.secret)));
    assert_eq!(status(&short_api, Method::GET, "/api/projects", json!({})).await?, 200);
    home.pass(std::time::Duration::from_secs(3601)).await?;
    let refused = refusal(short_api.get::<Value>("/api/projects").await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.problem.detail.starts_with("the token ended at "), "{}", refused.problem.detail);

    assert_eq!(status(&long_api, Method::GET, "/api/projects", json!({})).await?, 200);
    api.delete(&format!("/api/tokens/{}", long.token.id)).await?;
    assert_eq!(status(&long_api, Method::GET, "/api/projects", json!({})).await?, 401);
    home.end([]).await
}
