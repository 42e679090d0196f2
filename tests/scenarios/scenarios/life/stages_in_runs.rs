//! What stages say, told by the logs of their runs: what the check let through is what happens.

use anyhow::{Context, Result};
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{Api, Home, all_is_seen, ended};
use kraken_protocol::api::{FlowView, SequencesView};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn code_and_texts_see_all_that_there_is_and_runs_are_counted_by_kind() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    all_is_seen(&api, "demo", &branch, "all").await?;

    let path = |branch: &str| format!("/api/branches/{branch}/sequences");
    let next: SequencesView = api.get(&path(&branch)).await?;
    assert_eq!((next.stages["seen"], next.stages_ci["seen"], next.stages_dev["seen"]), (4, 3, 2));
    for (numbering, expected) in [("continue", (4, 3, 2)), ("restart", (1, 1, 1))] {
        let fork = json!({"name": numbering, "numbering": numbering});
        let fork: Value = api.post(&format!("/api/branches/{branch}/fork"), &fork).await?;
        let forked: SequencesView = api.get(&path(fork["id"].as_str().context("a branch has an id")?)).await?;
        assert_eq!((forked.stages["seen"], forked.stages_ci["seen"], forked.stages_dev["seen"]), expected, "{numbering}");
    }
    let set = json!({"stages": {"seen": 50}, "stages_dev": {"seen": 30}});
    let next: SequencesView = api.put(&path(&branch), &set).await?;
    assert_eq!((next.stages["seen"], next.stages_ci["seen"], next.stages_dev["seen"]), (50, 3, 30));
    home.end([agent]).await
}

/// The log of each job of a flow, in order, with its name.
async fn logs(api: &Api, flow: &FlowView) -> Result<Vec<(String, Vec<String>)>> {
    let mut logs = Vec::new();
    for job in api.all_jobs(&api.completed(flow).await?).await? {
        ended(&job, Outcome::Ok)?;
        logs.push((job.name.clone(), api.log(&job).await?));
    }
    Ok(logs)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_job_has_what_its_own_config_says() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = r##"
def stage(ctx):
    return {
        "parent": "root",
        "configs": [{"name": "old", "python": "3.10"}, {"name": "new", "values": {"python": "3.12"}}],
        "jobs": [{
            "name": "tests #{config.python}",
            "steps": [{"tool": "shell", "cmd": "echo " + ctx.config.python + " of #{job.name}", "when": None, "attempts": None, "env": None}],
            "environments": [{"system": "any", "agents_group": "#{'all' if config.python else ''}", "config": c} for c in ["old", "new"]],
        }],
    }
"##;
    let branch = api.branch_with("demo", &[("build", stage)]).await?;
    let flow = api.start(&branch).await?;
    let expected = ["3.10", "3.12"].map(|python| (format!("tests {python}"), vec![format!("{python} of tests {python}")]));
    assert_eq!(logs(&api, &flow).await?, expected);
    home.end([agent]).await
}

/// The stage of that folder of the language's tests, which is an example of the documentation, for any agent.
fn example(name: &str) -> Result<String> {
    let path = format!("{}/../../crates/workflow/tests/stages/{name}/stage.star", env!("CARGO_MANIFEST_DIR"));
    let code = std::fs::read_to_string(&path).with_context(|| path)?;
    Ok(code.replace("\"linux\"", "\"all\"").replace("\"parent\": \"build\"", "\"parent\": \"root\""))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_documentation_do_what_they_say() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let stage = api.add_stage(&branch, "example", &example("hello")?).await?;
    let run = async |name: &str, body: Value| {
        api.put::<Value>(&format!("/api/stages/{stage}"), &json!({"code": example(name)?})).await?;
        logs(&api, &api.start_with(&branch, &body).await?).await
    };
    let lines = |name: &str, lines: &[&str]| vec![(name.to_owned(), lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())];

    assert_eq!(run("hello", json!({})).await?, lines("hello world", &["hello world"]));
    assert_eq!(run("conditions", json!({"kind": "ci"})).await?, lines("hello CI", &["was_no_error", "is_ci", "always"]));
    assert_eq!(run("conditions", json!({"kind": "dev"})).await?, lines("hello DEV", &["was_no_error", "is_dev", "always"]));
    assert_eq!(run("choices_and_choice", json!({})).await?, lines("run", &["nothing"]), "without its argument, which has a default");
    assert_eq!(run("choices_and_choice", json!({"args": {"NOTE": "by hand"}})).await?, lines("run", &["by hand"]));
    assert_eq!(run("triggers", json!({})).await?, []);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_of_the_documentation_has_its_jobs() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.post::<Value>("/api/groups", &json!({"name": "docker"})).await?;
    let branch = api.branch_with("demo", &[("matrix", &example("matrix_of_configs")?)]).await?;
    let flow = api.start(&branch).await?;
    let run = api.runs(&flow).await?.remove(0);
    let jobs: Vec<(String, String)> = api.jobs(&run).await?.into_iter().map(|job| (job.name, job.system)).collect();
    let expected = [("postgres", "3.10"), ("sqlite", "3.11"), ("postgres", "3.11"), ("sqlite", "3.12"), ("postgres", "3.12")]
        .map(|(database, python)| (format!("tests with {database}"), format!("python:{python}")));
    assert_eq!(jobs, expected, "{run:?}");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_run_can_know_ends_it_with_the_place_and_what_to_write() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    // The name is put together so that nobody can see that secrets are meant.
    let stage = r#"
def stage(ctx):
    secret = getattr(ctx, "secr" + "ets")
    job = {
        "name": "j",
        "steps": [{"tool": "shell", "cmd": "login -u " + secret.registry.user}],
        "environments": [{"system": "any", "agents_group": "all"}],
    }
    return {"parent": "root", "jobs": [job]}
"#;
    let branch = api.branch_with("demo", &[]).await?;
    let login = json!({"kind": "user_password", "user": "robot", "password": "pa55word"});
    api.put::<Value>("/api/projects/demo/secrets/registry", &login).await?;
    api.add_stage(&branch, "build", stage).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let run = api.runs(&flow).await?.remove(0);
    assert_eq!(run.result, Some(RunResult::Error), "{run:?}");
    let note = run.note.context("a run in error says why")?;
    assert!(note.contains("/jobs/0/steps/0/cmd") && note.contains("`#{…}` in a text"), "{note}");
    home.end([]).await
}
