//! What a flow is started with, and what its stages make of it.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Api, Home, code, ended, refusal};
use kraken_protocol::api::{FlowView, Problem};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn arguments_replace_defaults_and_reach_code_labels_and_steps() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = "
def stage(ctx):
    jobs = []
    for n in range(int(ctx.args.copies)):
        jobs.append({
            'name': 'copy-%d' % n,
            'steps': [{'tool': 'shell', 'cmd': 'echo #{args.greeting} #{job.name} #{flow.kind} #{flow.branch_name} #{flow.seq.own}'}],
            'environments': [{'system': 'any', 'agents_group': 'all'}],
        })
    return {
        'parent': 'root',
        'parameters': [
            {'name': 'greeting', 'type': 'string', 'default': 'hello'},
            {'name': 'copies', 'type': 'string', 'default': '1'},
        ],
        'flow_label': 'v#{flow.seq.shared}-#{args.greeting}',
        'run_label': 'r#{run.seq.shared}',
        'jobs': jobs,
    }
";
    let branch = api.branch_with("demo", &[("build", stage)]).await?;

    let plain = api.start(&branch).await?;
    let given = json!({"kind": "dev", "branch_name": "feature/x", "args": {"greeting": "moin", "copies": "2"}});
    let given = api.start_with(&branch, &given).await?;

    let plain = api.completed(&plain).await?;
    assert_eq!((plain.sequence, plain.own_sequence, plain.label.as_str()), (1, 1, "v1-hello"));
    let job = api.only_job(&plain).await?;
    assert_eq!(api.log(&job).await?, ["hello copy-0 ci main 1"]);

    let given = api.completed(&given).await?;
    assert_eq!((given.sequence, given.own_sequence, given.label.as_str()), (2, 1, "v2-moin"));
    let runs = given.runs.clone().unwrap();
    assert_eq!(runs[0].label, "r2");
    assert_eq!(serde_json::to_value(&runs[0].args)?, json!({"greeting": "moin", "copies": "2"}));
    let jobs = api.jobs(&runs[0]).await?;
    assert_eq!(jobs.iter().map(|job| job.name.as_str()).collect::<Vec<_>>(), ["copy-0", "copy-1"]);
    assert_eq!(api.log(&jobs[1]).await?, ["moin copy-1 dev feature/x 1"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_keeps_the_code_it_was_started_with() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let stage = api.add_stage(&branch, "build", &kraken_harness::shell("echo old")).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let old = api.only_job(&flow).await?;
    assert_eq!(api.log(&old).await?, ["old"]);

    api.put::<Value>(&format!("/api/stages/{stage}"), &json!({"code": kraken_harness::shell("echo new")})).await?;
    let again: kraken_protocol::api::Rerun = api.post(&format!("/api/jobs/{}/rerun", old.id), &json!({})).await?;
    api.completed(&flow).await?;
    assert_eq!(api.log(&api.job(again.jobs[0]).await?).await?, ["old"]);
    assert_eq!(api.log(&api.run_one(&branch).await?).await?, ["new"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_chooses_a_set_of_values() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = code(&json!({
        "parent": "root",
        "configs": [{"name": "default", "values": {"level": "1"}}, {"name": "deep", "values": {"level": "9"}}],
        "jobs": [{
            "name": "job",
            "steps": [{"tool": "shell", "cmd": "echo level #{config.level}"}],
            "environments": [
                {"system": "any", "agents_group": "all"},
                {"system": "any", "agents_group": "all", "config": "deep"},
            ],
        }],
    }));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let mut logs = Vec::new();
    for job in api.all_jobs(&flow).await? {
        ended(&job, Outcome::Ok)?;
        logs.extend(api.log(&job).await?);
    }
    assert_eq!(logs, ["level 1", "level 9"]);
    home.end([agent]).await
}

fn start_as(api: &Api, branch: &str, key: &str, body: &Value) -> reqwest::RequestBuilder {
    api.request(Method::POST, &format!("/api/branches/{branch}/flows")).header("Idempotency-Key", key).json(body)
}

async fn start_once(api: &Api, branch: &str, key: &str) -> Result<FlowView> {
    let response = start_as(api, branch, key, &json!({})).send().await?;
    assert!(response.status().is_success(), "{}", response.status());
    Ok(response.json().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_made_again_gives_the_same_flow() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell("true"))]).await?;

    let first = start_once(&api, &branch, "a key").await?;
    let again = start_once(&api, &branch, "a key").await?;
    assert_eq!(first.id, again.id);
    assert_eq!(again.runs.unwrap().len(), 1);
    // Another flow under the same key: neither of the two would be right.
    for body in [json!({"args": {"level": "2"}}), json!({"kind": "dev"}), json!({"branch_name": "fix"})] {
        let problem: Problem = start_as(&api, &branch, "a key", &body).send().await?.json().await?;
        assert_eq!((problem.status, problem.errors[0].path.as_str()), (422, "/headers/idempotency-key"));
        assert!(problem.detail.contains(&first.id.to_string()), "{}", problem.detail);
    }
    let said = start_as(&api, &branch, "a key", &json!({"kind": "ci", "args": {}})).send().await?;
    assert_eq!(said.json::<FlowView>().await?.id, first.id, "the same, said in full");

    // All at the same moment.
    let calls = (0..8).map(|_| {
        let (api, branch) = (api.clone(), branch.clone());
        tokio::spawn(async move { start_once(&api, &branch, "another key").await })
    });
    let mut made = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        made.push(call.await??.id);
    }
    made.dedup();
    assert_eq!(made.len(), 1, "{made:?}");
    let flows: Vec<FlowView> = api.list(&format!("/api/branches/{branch}/flows")).await?;
    assert_eq!(flows.len(), 2);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_argument_that_a_stage_does_not_take_is_refused_with_what_it_takes() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let asks = |parent: &str, parameters: Value| code(&json!({"parent": parent, "parameters": parameters, "jobs": []}));
    let build = asks("root", json!([{"name": "level", "type": "string", "default": "debug", "choices": ["debug", "trace"]}]));
    let deploy = asks("build", json!([{"name": "where", "type": "string", "choices": ["here", "there"]}]));
    let soon = home.server()?.control().clock.now().checked_add(std::time::Duration::from_secs(600))?.to_string();
    let nightly = json!({"parent": "root", "triggers": {"parent": false, "date": soon}, "jobs": [],
        "parameters": [{"name": "level", "type": "string", "choices": ["loud"]}]});
    let branch = api.branch_with("demo", &[("build", &build), ("deploy", &deploy), ("nightly", &code(&nightly))]).await?;
    let start = async |args: Value| api.start_with(&branch, &json!({"args": args})).await;

    let refused = refusal(start(json!({"level": "loud", "where": 5, "other": [1]})).await)?;
    assert_eq!(refused.status.as_u16(), 422);
    let told: Vec<(&str, &str)> = refused.problem.errors.iter().map(|error| (error.path.as_str(), error.message.as_str())).collect();
    let level = "level is \"loud\": stage build expects one of \"debug\", \"trace\"";
    assert_eq!(told, [("/args/level", level), ("/args/where", "where is 5: stage deploy expects a text")]);
    let flows: Vec<FlowView> = api.list(&format!("/api/branches/{branch}/flows")).await?;
    assert!(flows.is_empty(), "nothing started");

    for args in [json!({"level": "trace", "where": "there", "other": [1]}), json!({"level": "debug"}), json!({})] {
        api.completed(&start(args).await?).await?;
    }
    // The clock gives no arguments.
    home.pass(std::time::Duration::from_secs(660)).await?;
    let flows: Vec<FlowView> = api.list(&format!("/api/branches/{branch}/flows")).await?;
    assert!(flows.iter().any(|flow| flow.reason == "date"), "{flows:?}");
    home.end([]).await
}
