//! The steps of a job, and where jobs run.

use anyhow::Result;
use kraken_domain::{job::Outcome, step::StepStatus};
use kraken_harness::{Home, Sleeper, code, ended, stage};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn each_step_decides_by_itself_whether_it_runs() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = stage(&[
        json!({"tool": "shell", "cmd": "echo one"}),
        json!({"tool": "shell", "name": "breaks", "cmd": "exit 3"}),
        json!({"tool": "shell", "cmd": "echo never"}),
        json!({"tool": "shell", "cmd": "echo 'it was #{job.steps[1].result.retcode}'", "when": "was_any_error"}),
        json!({"tool": "shell", "cmd": "echo last", "when": "always"}),
    ]);
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;

    let job = api.run_one(&branch).await?;

    ended(&job, Outcome::StepError)?;
    assert!(job.message.as_deref().unwrap().contains("step 2 (breaks) failed"), "{:?}", job.message);
    let steps = job.steps.clone().unwrap();
    let told: Vec<_> = steps.iter().map(|step| step.status).collect();
    use StepStatus::{Done, Error, Skipped};
    assert_eq!(told, [Done, Error, Skipped, Done, Done]);
    assert_eq!((steps[1].retcode, steps[1].attempts), (Some(3), 1));
    let log = api.log(&job).await?;
    let said: Vec<_> = log.iter().filter(|line| !line.starts_with("kraken: ")).collect();
    assert_eq!(said, ["one", "it was 3", "last"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_tried_again_in_the_same_workspace() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "echo x >> tries; test $(wc -l < tries) = 3", "attempts": 3})];
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(job.steps.unwrap()[0].attempts, 3);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_of_the_branch_and_of_the_step_reach_the_program() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    api.post::<Value>("/api/projects", &json!({"name": "demo"})).await?;
    let env = json!({"COLOUR": "green", "SHAPE": "round"});
    let branch: Value = api.post("/api/projects/demo/branches", &json!({"name": "main", "env_vars": env})).await?;
    let branch = branch["id"].as_str().unwrap();
    let steps =
        [json!({"tool": "shell", "cmd": "echo $COLOUR $SHAPE $SIZE #{env.COLOUR}", "env": {"SHAPE": "flat", "SIZE": "#{flow.seq.own}"}})];
    api.add_stage(branch, "build", &stage(&steps)).await?;
    let job = api.run_one(branch).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(api.log(&job).await?, ["green flat 1 green"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_step_runs_beside_the_others_and_ends_with_the_job() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let (sleep, seen) = (sleeper.command(), home.dir().join("seen"));
    let steps = [
        json!({"tool": "shell", "cmd": format!("touch began; {sleep}"), "background": true}),
        json!({"tool": "shell", "cmd": "while ! test -e began; do sleep 0.02; done"}),
        json!({"tool": "shell", "cmd": format!("while ! test -e {}; do sleep 0.02; done", seen.display())}),
    ];
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;
    std::fs::write(&seen, "")?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Ok)?;
    assert_eq!(sleeper.running(), []);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_job_for_every_environment_and_system() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let host = api.agent_named(agent.name()).await?.unwrap().system;
    let stage = code(&json!({"parent": "root", "jobs": [{
        "name": "job",
        "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [
            {"system": ["any", host], "agents_group": "all"},
            {"system": "any", "agents_group": "all", "executor": "bare"},
        ],
    }, {
        "name": "other",
        "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [{"system": "any", "agents_group": "all"}],
    }]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let jobs = api.all_jobs(&flow).await?;
    let told: Vec<_> = jobs.iter().map(|job| (job.name.as_str(), job.system.as_str(), job.executor.as_str())).collect();
    assert_eq!(told, [("job", "any", "local"), ("job", &host, "local"), ("job", "any", "local"), ("other", "any", "local")]);
    assert!(jobs.iter().all(|job| job.outcome == Some(Outcome::Ok)), "{jobs:?}");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_cannot_be_filled_in_fails_its_step_and_says_why() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&[json!({"tool": "shell", "cmd": "echo #{args.nothing}"})]))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::StepError)?;
    assert!(job.message.as_deref().unwrap().contains("args.nothing"), "{:?}", job.message);
    home.end([agent]).await
}
