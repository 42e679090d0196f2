//! Who may do what.

use anyhow::Result;
use kraken_harness::Api;
use kraken_protocol::api::{Page, ProjectView, TokenMade};
use reqwest::Method;
use serde_json::{Value, json};

use crate::story::Story;

async fn status(api: &Api, method: &Method, path: &str, body: &Value) -> Result<u16> {
    let response = api.request(method.clone(), path).json(body).send().await?;
    let status = response.status();
    if !status.is_success() {
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
    }
    Ok(status.as_u16())
}

pub(crate) async fn roles_may_do_their_part(mut story: Story) -> Result<()> {
    let agent = story.agent_by_hand().await?;
    let branch = story.branch(&[("build", story.shell("true"))]).await?;
    let other = format!("{}-other", story.name());
    let others_branch = story.api.branch_with(&other, &[]).await?;
    let mine: ProjectView = story.api.get(&format!("/api/projects/{}", story.name())).await?;
    let flow = story.api.start(&branch).await?;
    let token = async |role: &str| -> Result<Api> {
        let grants = json!({"name": role, "grants": [{"project": mine.id, "role": role}]});
        let made: TokenMade = story.api.post("/api/tokens", &grants).await?;
        Ok(story.api.with_token(Some(&made.secret)))
    };
    let people = [story.api.with_token(None), agent.api().clone(), token("viewer").await?, token("user").await?, token("admin").await?];

    let stage = json!({"name": "more", "code": story.shell("true")});
    let none = json!({});
    let calls = [
        // What                                                                  nobody agent viewer user admin
        (Method::GET, format!("/api/flows/{}", flow.id), &none, [401, 403, 200, 200, 200]),
        (Method::POST, format!("/api/branches/{branch}/flows"), &none, [401, 403, 403, 201, 201]),
        (Method::POST, format!("/api/flows/{}/cancel", flow.id), &none, [401, 403, 403, 202, 202]),
        (Method::POST, format!("/api/branches/{branch}/stages"), &stage, [401, 403, 403, 403, 201]),
        (Method::POST, format!("/api/branches/{others_branch}/flows"), &none, [401, 403, 403, 403, 403]),
        (Method::GET, "/api/tokens".to_owned(), &none, [401, 403, 403, 403, 403]),
        (Method::POST, "/api/enrolment-tokens".to_owned(), &none, [401, 403, 403, 403, 403]),
        (Method::DELETE, format!("/api/projects/{}", story.name()), &none, [401, 403, 403, 403, 403]),
    ];
    for (method, path, body, expected) in calls {
        for (who, expected) in people.iter().zip(expected) {
            assert_eq!(status(who, &method, &path, body).await?, expected, "{method} {path}");
        }
    }
    let seen: Page<ProjectView> = people[2].get("/api/projects").await?;
    assert_eq!(seen.items.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(), [story.name()]);
    story.end([]).await
}
