//! What forms are made of: parameters of stages, the jobs of a stage that is not saved yet, tools.

use anyhow::Result;
use kraken_harness::{Home, code, job, refusal, shell};
use kraken_protocol::api::{FlowParameters, Page, StageChecked, StageView, Tools};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn asks(parent: &str, parameters: &Value) -> String {
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    code(&json!({"parent": parent, "parameters": parameters, "jobs": [job("job", &steps)]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_flow_asks_for_what_its_root_stages_ask_for() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let build = asks(
        "root",
        &json!([{"name": "level", "default": "1", "choices": ["1", "2"]}, {"name": "who", "default": "me", "description": "Who it is for."}]),
    );
    let lint = asks("root", &json!([{"name": "level", "default": "2"}]));
    let deploy = asks("build", &json!([{"name": "where", "default": "here"}]));
    let branch = api.branch_with("demo", &[("build", &build), ("lint", &lint), ("deploy", &deploy)]).await?;

    let form: FlowParameters = api.get(&format!("/api/branches/{branch}/parameters")).await?;
    let expected = json!({"items": [
        {
            "name": "level", "type": "string", "description": "", "choices": ["1", "2"],
            "stages": [{"stage": "build", "default": "1"}, {"stage": "lint", "default": "2"}],
        },
        {
            "name": "who", "type": "string", "default": "me", "description": "Who it is for.",
            "stages": [{"stage": "build", "default": "me"}],
        },
    ]});
    assert_eq!(serde_json::to_value(&form)?, expected);

    // They are of the code as it was saved last, in lists, too.
    let stages: Page<StageView> = api.get(&format!("/api/branches/{branch}/stages")).await?;
    let named = |name: &str| stages.items.iter().find(|stage| stage.name == name).map(|stage| (stage.id, stage.parameters.len()));
    assert_eq!(stages.items.iter().map(|stage| stage.parameters.len()).collect::<Vec<_>>(), [2, 1, 1]);
    let (build, _) = named("build").unwrap();
    let changed: StageView = api.put(&format!("/api/stages/{build}"), &json!({"code": shell("true")})).await?;
    assert_eq!(changed.parameters, []);
    let form: FlowParameters = api.get(&format!("/api/branches/{branch}/parameters")).await?;
    assert_eq!(form.items.iter().map(|asked| (asked.name.as_str(), asked.default.as_deref())).collect::<Vec<_>>(), [("level", Some("2"))]);

    let anybody = api.with_token(None);
    assert_eq!(refusal(anybody.get::<Value>(&format!("/api/branches/{branch}/parameters")).await)?.status, StatusCode::UNAUTHORIZED);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_shows_the_jobs_and_the_form_that_would_come_of_it() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let stage = json!({
        "parent": "root",
        "parameters": [{"name": "level", "default": "1"}],
        "jobs": [
            job("build", &[json!({"tool": "git", "checkout": "https://example.com/r.git"}), json!({"tool": "shell", "cmd": "make", "name": "make it"})]),
            {
                "name": "test", "needs": ["build"], "timeout": 90,
                "steps": [{"tool": "shell", "cmd": "make test"}],
                "environments": [{"system": ["debian:12", "debian:13"], "agents_group": "all", "executor": "docker"}],
            },
        ],
    });
    let check = async |code: String| -> Result<StageChecked> {
        api.post(&format!("/api/branches/{branch}/stages/check"), &json!({"name": "new", "code": code})).await
    };
    let checked = check(code(&stage)).await?;
    assert!(checked.ok, "{:?}", checked.problems);
    let jobs = serde_json::to_value(&checked.jobs)?;
    assert_eq!(jobs.as_array().map(Vec::len), Some(3));
    assert_eq!(jobs[0]["steps"], 2);
    assert_eq!((&jobs[0]["step_list"][1]["name"], &jobs[0]["step_list"][1]["tool"]), (&json!("make it"), &json!("shell")));
    let expected = json!({
        "name": "test", "system": "debian:13", "executor": "docker", "agents_group": "all", "config": "default", "timeout_s": 90,
        "needs": ["build"], "steps": 1, "step_list": jobs[2]["step_list"],
    });
    assert_eq!(jobs[2], expected);
    assert_eq!(serde_json::to_value(&checked.parameters)?, json!([{"name": "level", "type": "string", "default": "1", "description": ""}]));

    // What is too long to be kept is not in the form; the stage is as good as it was.
    let long = json!([{"name": "first"}, {"name": "level", "description": "x".repeat(20_000)}]);
    let checked = check(asks("root", &long)).await?;
    let names: Vec<_> = checked.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert!(checked.ok && names == ["first"], "{:?} {names:?}", checked.problems);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_say_what_their_steps_may_say() -> Result<()> {
    let home = Home::start().await?;
    let tools: Tools = home.api().get("/api/tools").await?;
    let shell = tools.items.iter().find(|tool| tool.name == "shell").unwrap();
    let version = &shell.versions[0];
    assert_eq!((version.version.as_str(), version.timeout_s, shell.builtin), (env!("CARGO_PKG_VERSION"), Some(60), true));
    assert!(version.schema["properties"]["cmd"]["description"].is_string());
    assert!(tools.step["properties"]["when"].is_object());
    let refused = refusal(home.api().with_token(None).get::<Value>("/api/tools").await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    home.end([]).await
}
