//! Jobs that start what does not want to end, or cannot start at all.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, Sleeper, ended, shell, stage, wait_until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_missing_fails_the_step_and_is_named() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stages = [
        ("cmd", shell("no-such-program --help")),
        ("shell", stage(&[json!({"tool": "shell", "cmd": "true", "shell_exe": "/no/such/shell"})])),
    ];
    let branch = api.branch_with("demo", &stages.each_ref().map(|(name, code)| (*name, code.as_str()))).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let jobs = api.all_jobs(&flow).await?;
    ended(&jobs[0], Outcome::StepError)?;
    let log = api.log(&jobs[0]).await?;
    assert!(log.iter().any(|line| line.contains("no-such-program")), "{log:?}");
    assert_eq!(api.job(jobs[0].id).await?.steps.unwrap()[0].retcode, Some(127));
    ended(&jobs[1], Outcome::ToolMissing)?;
    assert!(jobs[1].message.as_deref().unwrap().contains("/no/such/shell"), "{:?}", jobs[1].message);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn daemons_end_with_their_job() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let sleep = sleeper.command();
    // In its own session, without its environment, twice forked, deaf to TERM.
    let cmd = format!(
        "setsid {sleep} >/dev/null 2>&1 & (setsid sh -c '({sleep} &) ; trap \"\" TERM; {sleep}' &) ; nohup {sleep} & env -i setsid {sleep} < /dev/null &
        while test $(pgrep -cxf '{sleep}') != 5; do sleep 0.02; done"
    );
    kraken_harness::require(&["pgrep", "setsid"])?;
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(sleeper.running(), [], "the job is over, and so is all that it started");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workspaces_are_removed_whatever_is_in_them() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let treasure = home.dir().join("treasure");
    std::fs::create_dir(&treasure)?;
    std::fs::write(treasure.join("gold"), "")?;
    let cmd = format!(
        "ln -s {0} link; mkdir -p closed/inner; touch closed/inner/file; chmod 000 closed/inner closed; touch -- '-rf' 'new
line'; mkfifo pipe; i=0; d=.; while test $i -lt 60; do d=$d/deep; i=$((i+1)); done; mkdir -p $d",
        treasure.display()
    );
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    ended(&api.run_one(&branch).await?, Outcome::Ok)?;
    assert!(treasure.join("gold").exists(), "what a link points to is not the job's");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_do_not_see_each_other_or_the_agents_secrets() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("ls -A; env; touch left-behind"))]).await?;
    for _ in 0..2 {
        let job = api.run_one(&branch).await?;
        ended(&job, Outcome::Ok)?;
        let log = api.log(&job).await?.join("\n");
        for absent in ["left-behind", "KRAKEN_ENROLMENT_TOKEN", "kraken_agent_", "kraken_enrol_", "AWS_"] {
            assert!(!log.contains(absent), "{absent} in {log}");
        }
    }
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_supervisor_ends_in_error_and_the_agent_goes_on() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    // The tool's parent is the supervisor.
    let cmd = format!("{} & tool=$PPID; kill -9 $(ps -o ppid= -p $tool); sleep 60", sleeper.command());
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::ExecutorError)?;
    assert!(job.message.as_deref().unwrap().contains("supervisor"), "{:?}", job.message);
    wait_until("the sleeper to be gone", async || Ok(sleeper.running().is_empty())).await?;
    api.put::<serde_json::Value>(&format!("/api/stages/{}", stage_id(&api, &branch).await?), &json!({"code": shell("true")})).await?;
    ended(&api.run_one(&branch).await?, Outcome::Ok)?;
    home.end([agent]).await
}

async fn stage_id(api: &kraken_harness::Api, branch: &str) -> Result<String> {
    let stages: serde_json::Value = api.get(&format!("/api/branches/{branch}/stages")).await?;
    Ok(stages["items"][0]["id"].as_str().unwrap().to_owned())
}
