//! Stages that are wrong: refused as a whole, with all that is wrong and where.

use anyhow::Result;
use kraken_domain::run::RunResult;
use kraken_harness::{ApiFailure, Home, refusal, shell};
use kraken_protocol::api::StageChecked;
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn refused(home: &Home, branch: &str, code: &str) -> Result<ApiFailure> {
    let failure =
        refusal(home.api().post::<Value>(&format!("/api/branches/{branch}/stages"), &json!({"name": "new", "code": code})).await)?;
    assert_eq!(failure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stages: Value = home.api().get(&format!("/api/branches/{branch}/stages")).await?;
    assert_eq!(stages["items"], json!([]), "nothing half-made");
    Ok(failure)
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_cannot_be_read_is_refused_with_its_line() -> Result<()> {
    let home = Home::start().await?;
    let branch = home.api().branch_with("demo", &[]).await?;
    for (code, line) in [
        ("def stage(ctx):\n    return {\n        'parent': 'root'\n        'jobs': []}\n", Some(4)),
        ("import os\ndef stage(ctx):\n    return {}\n", Some(1)),
        ("def stage(ctx):\n    while True:\n        pass\n", Some(2)),
        ("def stage(ctx):\n    return {'parent': nowhere}\n", Some(2)),
        ("x = 1\n", None),
        ("", None),
        ("def stage(ctx):\n    return 5\n", None),
        ("\u{0}\u{1}", Some(1)),
    ] {
        let failure = refused(&home, &branch, code).await?;
        assert_eq!(failure.problem.errors.len(), 1, "{code}: {failure}");
        assert_eq!(failure.problem.errors[0].line, line, "{code}: {failure}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_is_said_at_once() -> Result<()> {
    let home = Home::start().await?;
    let branch = home.api().branch_with("demo", &[]).await?;
    let code = "def stage(ctx):
    return {
        'parent': 'nobody',
        'timeot': 5,
        'jobs': [{
            'name': 'job',
            'timeout': 1,
            'steps': [{'tool': 'shel', 'cmd': 'true'}, {'tool': 'shell'}],
            'environments': [{'system': 'any', 'agents_group': 'nowhere'}],
        }],
    }
";
    let failure = refused(&home, &branch, code).await?;
    let told: Vec<_> = failure.problem.errors.iter().map(|error| (error.path.as_str(), error.line)).collect();
    for (path, line) in
        [("/parent", 3), ("/timeot", 4), ("/jobs/0/timeout", 7), ("/jobs/0/steps/0/tool", 8), ("/jobs/0/environments/0/agents_group", 9)]
    {
        assert!(told.contains(&(path, Some(line))), "{path} in {told:?}");
    }
    assert!(told.iter().any(|(path, _)| path.starts_with("/jobs/0/steps/1")), "{told:?}");

    // The check says the same, and refuses nothing.
    let checked: StageChecked =
        home.api().post(&format!("/api/branches/{branch}/stages/check"), &json!({"name": "new", "code": code})).await?;
    assert!(!checked.ok && checked.jobs.is_empty());
    assert_eq!(checked.problems, failure.problem.errors);
    let right = json!({"name": "new", "code": shell("true")});
    let checked: StageChecked = home.api().post(&format!("/api/branches/{branch}/stages/check"), &right).await?;
    assert!(checked.ok && checked.problems.is_empty());
    assert_eq!(checked.jobs.len(), 1);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_runs_away_is_stopped_and_others_are_served_meanwhile() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let runaways = [
        ("def stage(ctx):\n    x = 0\n    for i in range(1000000000):\n        x += i\n    return {}\n", "at most"),
        (
            "def stage(ctx):\n    x = 0\n    for i in range(1000000):\n        for j in range(1000000):\n            x += j\n    return {}\n",
            "runs too long|too much work|memory",
        ),
        ("def f(n):\n    return f(n + 1)\ndef stage(ctx):\n    return f(0)\n", "recursion"),
        ("def stage(ctx):\n    x = 'x'\n    for i in range(40):\n        x = x + x\n    return {'a': x}\n", "memory|too large"),
        ("def stage(ctx):\n    return {'parent': 'root', 'jobs': [], 'flow_label': 'x' * 10000000}\n", "too large|more than"),
    ];
    for (code, words) in runaways {
        let (failure, healthy) = tokio::join!(refused(&home, &branch, code), api.get::<Value>("/api/health"));
        let (failure, _) = (failure?, healthy?);
        let said = &failure.problem.errors[0].message;
        assert!(words.split('|').any(|word| said.contains(word)), "{said}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_is_in_error_only_when_it_runs_says_so_in_its_run() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    // With the placeholders of the check all is well.
    let code = "def stage(ctx):
    jobs = []
    for name in ctx.args.get('names', '').split(','):
        jobs.append({'name': name, 'steps': [{'tool': 'shell', 'cmd': 'true'}], 'environments': [{'system': 'any', 'agents_group': 'all'}]})
    if ctx.flow.kind == 'dev':
        fail('not for dev')
    return {'parent': 'root', 'parameters': [{'name': 'names', 'default': 'one'}], 'jobs': jobs}
";
    let branch =
        api.branch_with("demo", &[("build", code), ("fine", &kraken_harness::code(&json!({"parent": "root", "jobs": []})))]).await?;
    for (body, words) in [(json!({"kind": "dev"}), "not for dev"), (json!({"args": {"names": "twice,twice"}}), "twice")] {
        let flow = api.completed(&api.start_with(&branch, &body).await?).await?;
        let runs = flow.runs.unwrap();
        assert_eq!(runs[0].result, Some(RunResult::Error));
        assert!(runs[0].note.as_deref().unwrap_or_default().contains(words), "{:?}", runs[0].note);
        assert_eq!(runs[1].result, Some(RunResult::Ok), "the other stage is not touched");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_wrong_or_late_leaves_the_stage_as_it_was() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let stage = format!("/api/stages/{}", api.add_stage(&branch, "build", &shell("true")).await?);
    let before: Value = api.get(&stage).await?;

    let failure = refusal(api.put::<Value>(&stage, &json!({"code": "def stage(ctx): return 1", "enabled": false})).await)?;
    assert_eq!(failure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let late = json!({"code": shell("false"), "if_sha256": "0".repeat(64)});
    assert_eq!(refusal(api.put::<Value>(&stage, &late).await)?.status, StatusCode::CONFLICT);
    assert_eq!(api.get::<Value>(&stage).await?, before);

    let known = json!({"code": shell("false"), "if_sha256": before["code_sha256"]});
    api.put::<Value>(&stage, &known).await?;
    assert_ne!(api.get::<Value>(&stage).await?["code_sha256"], before["code_sha256"]);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_need_is_not_deleted() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let parent = api.add_stage(&branch, "build", &shell("true")).await?;
    let child = api.add_stage(&branch, "test", &kraken_harness::child("build", "true")).await?;
    // A circle cannot be made.
    let circle =
        refusal(api.put::<Value>(&format!("/api/stages/{parent}"), &json!({"code": kraken_harness::child("test", "true")})).await)?;
    assert!(circle.problem.errors[0].message.contains("circle"), "{circle}");
    for (path, words) in [
        (format!("/api/stages/{parent}"), "\"test\" waits for \"build\""),
        (format!("/api/branches/{branch}"), "still has stage"),
        ("/api/projects/demo".to_owned(), "still has branch"),
    ] {
        let failure = refusal(api.delete(&path).await)?;
        assert_eq!(failure.status, StatusCode::CONFLICT);
        assert!(failure.problem.detail.contains(words), "{failure}");
    }
    for path in [
        format!("/api/stages/{child}"),
        format!("/api/stages/{parent}"),
        format!("/api/branches/{branch}"),
        "/api/projects/demo".to_owned(),
    ] {
        api.delete(&path).await?;
    }
    assert_eq!(api.list::<Value>("/api/projects").await?.len(), 0);
    home.end([]).await
}
