//! User data: what a stage keeps, the next one is made from, and people read and change.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{ended, refusal};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_stage_is_made_from_what_another_kept(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let patch = json!([{"op": "test", "path": "/by", "value": "people"}, {"op": "add", "path": "/seen", "value": 1}]);
    let build = story.stage(&[
        json!({"tool": "data", "value": ["auk", "emu"], "json_pointer": "/words"}),
        json!({"tool": "data", "operation": "jq", "value": ".builds += 1", "scope": "branch"}),
        json!({"tool": "data", "operation": "jsonpatch", "value": patch, "scope": "project"}),
    ]);
    let job = story.job("job", &[json!({"tool": "shell", "cmd": "echo '#{job.name} of #{branch.data.builds}'"})]);
    let check = format!(
        r#"
def stage(ctx):
    jobs = [dict({job}, name = word) for word in ctx.flow.data.words]
    return {{"parent": "build", "triggers": {{"parent": True}}, "jobs": jobs}}
"#
    );
    let branch = story.branch(&[("build", build), ("check", check)]).await?;
    let of_project = format!("/api/projects/{}/data", story.name());
    story.api.put::<Value>(&format!("/api/branches/{branch}/data"), &json!({"builds": 6})).await?;
    story.api.put::<Value>(&of_project, &json!({"by": "people"})).await?;

    let flow = story.api.completed(&story.api.start(&branch).await?).await?;

    let runs = story.api.runs(&flow).await?;
    let mut said = Vec::new();
    for job in story.api.jobs(&runs[1]).await? {
        ended(&job, Outcome::Ok)?;
        said.extend(story.api.log(&job).await?);
    }
    said.sort();
    assert_eq!(said, ["auk of 7", "emu of 7"]);
    assert_eq!(story.api.get::<Value>(&format!("/api/flows/{}/data", flow.id)).await?, json!({"words": ["auk", "emu"]}));
    assert_eq!(story.api.get::<Value>(&format!("/api/branches/{branch}/data")).await?, json!({"builds": 7}));
    // Somebody else was faster: nothing is lost.
    let late = story.api.request(Method::PUT, &of_project).header("if-match", "\"0\"").json(&json!({"by": "nobody"})).send().await?;
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(story.api.get::<Value>(&of_project).await?, json!({"by": "people", "seen": 1}));
    let none = refusal(story.api.get::<Value>(&format!("/api/branches/{branch}/data?kind=neither")).await)?;
    assert!(none.status.is_client_error(), "{none:?}");
    story.end([agent]).await
}
