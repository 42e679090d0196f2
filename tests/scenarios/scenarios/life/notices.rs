//! People and other programs are told how a run went: each by its channel, over a real socket.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use kraken_control::flows::StartFlow;
use kraken_domain::{
    change::{Change, Commit},
    flow::{Flow, FlowKind, FlowReason},
    job::{Outcome, Verdict},
};
use kraken_githosts::message::signature;
use kraken_harness::{FarSide, HandAgent, Home, Mailbox, Reply, code, eventually, job};
use kraken_protocol::{
    agent::FinishRequest,
    api::{FlowView, NoticeView, SettingsView},
};
use serde_json::{Value, json};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// A root stage of one job that tells these channels.
pub(crate) fn telling(notification: &Value) -> String {
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    code(&json!({"parent": "root", "parameters": [{"name": "token", "type": "string", "default": "t0ken"}],
        "jobs": [job("job", &steps)], "notification": notification}))
}

/// The notices of the only run of a flow, once there are so many and all are settled.
async fn settled(home: &Home, flow: &FlowView, count: usize) -> Result<Vec<NoticeView>> {
    let run = home.api().runs(flow).await?.remove(0);
    eventually(&format!("{count} notices to be settled"), async || {
        let notices: Vec<NoticeView> = home.api().list(&format!("/api/runs/{}/notices", run.id)).await?;
        Ok(Some(notices).filter(|notices| notices.len() == count && notices.iter().all(|notice| notice.settled_at.is_some())))
    })
    .await
}

/// A flow that a change in that repository started, as `trigger` told.
pub(crate) async fn started_by_change(home: &Home, branch: &str, repo: &str, trigger: &str) -> Result<Flow> {
    let commit = Commit { id: SHA.to_owned(), message: "Mend the pump\n\nIt dripped.".to_owned(), ..Commit::default() };
    let change = Change {
        trigger: trigger.to_owned(),
        repo: repo.to_owned(),
        branch: "main".to_owned(),
        after: Some(SHA.to_owned()),
        commits: vec![commit],
        ..Change::default()
    };
    let start = StartFlow { changes: vec![change], ..StartFlow::new(branch.parse()?, FlowKind::Ci, FlowReason::Person) };
    Ok(home.server()?.control().start_flow(start).await?.0)
}

/// The agent does the next job with that outcome.
async fn does_one(home: &Home, agent: &HandAgent, outcome: Outcome) -> Result<()> {
    let order = agent.take().await?;
    let request = FinishRequest {
        job: order.job,
        generation: order.generation,
        verdict: Verdict::plain(outcome),
        steps: Vec::new(),
        more: false,
        installation: String::new(),
    };
    home.server()?.control().finish(agent.id, request).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_show_at_every_git_host_how_their_run_went() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let hosts = [
        ("github", "/api/v3/repos/acme/pump/statuses/", "authorization", "Bearer t0ken"),
        ("gitlab", "/api/v4/projects/acme%2Fpump/statuses/", "private-token", "t0ken"),
        ("gitea", "/api/v1/repos/acme/pump/statuses/", "authorization", "token t0ken"),
    ];
    for (host, path, header, credentials) in hosts {
        let far = FarSide::start().await?;
        let stage = telling(&json!({host: {"credentials": "#{args.token}"}}));
        let branch = home.api().branch_with(host, &[("build", &stage)]).await?;
        let flow = started_by_change(&home, &branch, &format!("{}/acme/pump.git", far.url()), &format!("{host}-push")).await?;
        far.hears(1).await?;
        does_one(&home, &agent, Outcome::StepError).await?;
        let told = far.hears(2).await?;

        let states: Vec<Value> = told.iter().map(|told| Ok(told.json()?["state"].clone())).collect::<Result<_>>()?;
        let failed = if host == "gitlab" { "failed" } else { "failure" };
        assert_eq!(states, [json!("pending"), json!(failed)]);
        for told in &told {
            assert_eq!((told.path.as_str(), told.header(header)), (format!("{path}{SHA}").as_str(), credentials));
            let body = told.json()?;
            assert_eq!(body["context"], format!("kraken/{host}/main/build"));
            assert!(body["target_url"].as_str().unwrap_or_default().ends_with(&format!("/runs/{}-1", flow.id)), "{body}");
        }
        let flow = home.api().get(&format!("/api/flows/{}", flow.id)).await?;
        let notices = settled(&home, &flow, 2).await?;
        assert!(notices.iter().all(|notice| notice.state == "sent" && notice.answer.as_deref() == Some("201 Created")), "{notices:?}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_did_not_tell_of_the_change_gets_no_token_unless_the_stage_names_it() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let (far, named) = (FarSide::start().await?, FarSide::start().await?);
    let repo = format!("{}/acme/pump.git", far.url());
    let github = json!({"credentials": "#{args.token}"});
    let branch = home.api().branch_with("anybodys", &[("build", &telling(&json!({"github": github})))]).await?;
    for trigger in ["repo", "gitlab-push"] {
        let flow = started_by_change(&home, &branch, &repo, trigger).await?;
        does_one(&home, &agent, Outcome::Ok).await?;
        let notices = settled(&home, &home.api().get(&format!("/api/flows/{}", flow.id)).await?, 2).await?;
        let said = |notice: &NoticeView| notice.state == "refused" && notice.answer.as_deref().unwrap_or_default().contains("set `url`");
        assert!(notices.iter().all(said), "{notices:?}");
    }
    assert!(far.told().is_empty(), "{:?}", far.told());

    let github = json!({"credentials": "#{args.token}", "url": named.url(), "on": ["start"]});
    let branch = home.api().branch_with("named", &[("build", &telling(&json!({"github": github})))]).await?;
    started_by_change(&home, &branch, &repo, "repo").await?;
    assert_eq!(named.hears(1).await?[0].header("authorization"), "Bearer t0ken");
    assert!(far.told().is_empty(), "{:?}", far.told());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_without_a_change_has_no_commit_to_judge_and_says_so() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let branch = home.api().branch_with("demo", &[("build", &telling(&json!({"github": {"credentials": "#{args.token}"}})))]).await?;
    let flow = home.api().completed(&home.api().start(&branch).await?).await?;
    let notices = settled(&home, &flow, 2).await?;
    assert!(notices.iter().all(|notice| notice.state == "refused"), "{notices:?}");
    assert!(notices[0].answer.as_deref().unwrap_or_default().contains("not started by a change"), "{notices:?}");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_and_addresses_are_told_each_in_its_form() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (slack, discord, address) = (FarSide::start().await?, FarSide::start().await?, FarSide::start().await?);
    api.put::<SettingsView>("/api/settings", &json!({"slack": {"api": slack.url(), "token": "xoxb-secret"}})).await?;
    let stage = telling(&json!({
        "slack": {"channel": "#{branch.name}-flows"},
        "discord": {"webhook": format!("{}/hooks/1/discord-secret", discord.url())},
        "webhook": {"url": format!("{}/kraken", address.url()), "secret": "#{args.token}", "on": ["end"]},
    }));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;

    let told = slack.hears(1).await?.remove(0);
    assert_eq!((told.path.as_str(), told.header("authorization")), ("/chat.postMessage", "Bearer xoxb-secret"));
    assert_eq!(told.json()?["channel"], "main-flows");
    let told = discord.hears(1).await?.remove(0);
    assert_eq!(told.path, "/hooks/1/discord-secret");
    assert_eq!(told.json()?["embeds"][0]["title"].as_str().map(|title| title.contains("build")), Some(true));
    let told = address.hears(1).await?.remove(0);
    let sent_at: i64 = told.header("x-kraken-timestamp").parse()?;
    assert_eq!(told.header("x-kraken-signature"), format!("v1={}", signature("t0ken", sent_at, &told.body)));
    assert_eq!((told.json()?["event"].clone(), told.json()?["run"]["result"].clone()), (json!("run.end"), json!("passed")));
    assert_eq!(told.header("idempotency-key"), format!("\"{}\"", told.header("x-kraken-delivery")));

    let notices = settled(&home, &flow, 3).await?;
    assert!(notices.iter().all(|notice| notice.state == "sent" && notice.attempts == 1), "{notices:?}");
    // Nothing secret of it can be read again.
    let shown = serde_json::to_string(&notices)?;
    assert!(!shown.contains("secret"), "{shown}");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_to_everybody_it_names() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let mailbox = Mailbox::start().await?;
    let smtp = json!({"server": "127.0.0.1", "port": mailbox.port(), "security": "none", "user": "ci", "password": "p4ssword",
        "from": "Kraken <ci@kraken.example>"});
    api.put::<SettingsView>("/api/settings", &json!({"smtp": smtp})).await?;
    let stage = telling(&json!({"email": ["ada@example.com", "#{branch.name}@example.com"]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;

    let mail = mailbox.receives(1).await?.remove(0);
    assert!(mail.from.contains("ci@kraken.example") && mail.login.starts_with("PLAIN "), "{mail:?}");
    assert_eq!(mail.to.len(), 2);
    assert!(mail.to[0].contains("ada@example.com") && mail.to[1].contains("main@example.com"), "{mail:?}");
    for expected in ["Subject: [Kraken] demo / main: build 1. passed", "Auto-Submitted: auto-generated", "Message-ID: <", "text/html"] {
        assert!(mail.text.contains(expected), "{expected}: {}", mail.text);
    }
    assert_eq!(settled(&home, &flow, 1).await?[0].answer.as_deref(), Some("250 queued as 7"));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_changes_for_the_better_or_worse_hears_of_those_alone() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let far = FarSide::start().await?;
    let stage = telling(&json!({"webhook": {"url": far.url(), "on": ["fixed", "regression"]}}));
    let branch = home.api().branch_with("demo", &[("build", &stage)]).await?;
    for outcome in [Outcome::Ok, Outcome::Ok, Outcome::StepError, Outcome::StepError, Outcome::Ok] {
        let flow = home.api().start(&branch).await?;
        does_one(&home, &agent, outcome).await?;
        let flow = home.api().completed(&flow).await?;
        // What it is compared with is only there once it is written down.
        let control = home.server()?.control();
        eventually("the run's turns to be dealt with", async || Ok(control.store.turns(flow.id).await?.is_empty().then_some(()))).await?;
    }
    let told = far.hears(2).await?;
    let events: Vec<&str> = told.iter().map(|told| told.header("x-kraken-event")).collect();
    assert_eq!(events, ["run.regression", "run.fixed"]);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_filled_in_is_said_with_the_expression() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let stage = telling(&json!({"discord": {"webhook": "http://127.0.0.1:9/#{flow.no_such_thing}"}, "slack": {"channel": "c"}}));
    let branch = home.api().branch_with("demo", &[("build", &stage)]).await?;
    let flow = home.api().completed(&home.api().start(&branch).await?).await?;
    let notices: BTreeMap<String, NoticeView> =
        settled(&home, &flow, 2).await?.into_iter().map(|notice| (notice.channel.as_str().to_owned(), notice)).collect();
    let said = |channel: &str| notices.get(channel).and_then(|notice| notice.answer.clone()).context("there is an answer");
    assert!(said("discord")?.contains("/notification/discord/webhook") && said("discord")?.contains("flow.no_such_thing"), "{notices:?}");
    assert!(said("slack")?.contains("Slack is not set up"), "{notices:?}");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_comes_to_no_mailbox_and_back_from_nowhere() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (far, mailbox) = (FarSide::start().await?, Mailbox::start().await?);
    far.answers([Reply::Answer(400, Vec::new(), json!({"message": "no hook t0p-s3cret here"}).to_string())]);
    let smtp = json!({"server": "127.0.0.1", "port": mailbox.port(), "security": "none", "from": "ci@kraken.example"});
    api.put::<SettingsView>("/api/settings", &json!({"smtp": smtp})).await?;
    let stage = telling(&json!({
        "email": {"to": ["#{secrets.hook}"]},
        "discord": {"webhook": format!("{}/hooks/1/#{{secrets.hook}}", far.url())},
    }));
    let branch = api.branch_with("demo", &[]).await?;
    let secret = json!({"kind": "simple", "value": "t0p-s3cret"});
    let _set: Value = api.put(&format!("/api/branches/{branch}/secrets/hook"), &secret).await?;
    api.add_stage(&branch, "build", &stage).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    assert_eq!(far.hears(1).await?[0].path, "/hooks/1/t0p-s3cret");
    let said = serde_json::to_string(&settled(&home, &flow, 2).await?)?;
    assert!(!said.contains("s3cret"), "{said}");
    assert!(
        said.contains("no hook ****** here") && said.contains("#{secrets.hook}") && said.contains("/notification/email/to/0"),
        "{said}"
    );
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_give_no_secret_out_and_keep_two_administrators_apart() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let smtp = json!({"server": "mail.example", "from": "ci@example.com", "user": "ci", "password": "p4ssword"});
    let set: SettingsView = api.put("/api/settings", &json!({"public_url": "https://ci.example/", "smtp": smtp})).await?;
    assert_eq!((set.version, set.public_url.as_deref()), (1, Some("https://ci.example")));
    let seen: Value = api.get("/api/settings").await?;
    assert_eq!((&seen["smtp"]["password_set"], &seen["smtp"]["port"]), (&json!(true), &json!(587)));
    assert!(!seen.to_string().contains("p4ssword"), "{seen}");

    // A password that is not given again stays, but only for the same server.
    let same = json!({"version": 1, "smtp": {"server": "mail.example", "from": "other@example.com", "user": "ci"}});
    let set: SettingsView = api.put("/api/settings", &same).await?;
    assert_eq!(set.smtp.map(|smtp| smtp.password_set), Some(true));
    let other = json!({"smtp": {"server": "thief.example", "from": "other@example.com", "user": "ci"}});
    let refused = api.put::<SettingsView>("/api/settings", &other).await.unwrap_err();
    assert!(format!("{refused:?}").contains("give the password again"), "{refused:?}");
    let late = api.put::<SettingsView>("/api/settings", &same).await.unwrap_err();
    assert!(format!("{late:?}").contains("version 2"), "{late:?}");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_stage_cannot_be_evaluated_is_told_to_those_whom_it_named_when_it_was_saved() -> Result<()> {
    let home = Home::start().await?;
    let far = FarSide::start().await?;
    let code = format!(
        r##"
def stage(ctx):
    if ctx.args.mode == "bad":
        fail("there is no such mode")
    parameters = [{{"name": "mode", "type": "string", "default": "good"}}, {{"name": "key", "type": "string", "default": "k3y"}}]
    told = {{"webhook": {{"url": "{}/kraken", "secret": "#{{args.key}}", "on": ["failure"]}}}}
    return {{"parent": "root", "jobs": [], "parameters": parameters, "notification": told}}
"##,
        far.url()
    );
    let branch = home.api().branch_with("demo", &[("build", &code)]).await?;
    let flow = home.api().start_with(&branch, &json!({"args": {"mode": "bad"}})).await?;
    let [notice] = settled(&home, &flow, 1).await?.try_into().map_err(|notices| anyhow::anyhow!("one notice, not {notices:?}"))?;
    assert_eq!((notice.channel.as_str(), notice.state.as_str()), ("webhook", "sent"));
    let [heard] = far.hears(1).await?.try_into().map_err(|heard| anyhow::anyhow!("one message, not {heard:?}"))?;
    assert_eq!(heard.header("x-kraken-event"), "run.failure");
    let sent_at: i64 = heard.header("x-kraken-timestamp").parse()?;
    assert_eq!(heard.header("x-kraken-signature"), format!("v1={}", signature("k3y", sent_at, &heard.body)), "defaults are known");
    let body = heard.json()?.to_string();
    assert!(body.contains("there is no such mode"), "{body}");

    // Who is told nothing of a run that goes well is told nothing of it here either.
    let well = home.api().start(&branch).await?;
    home.api().completed(&well).await?;
    let run = home.api().runs(&well).await?.remove(0);
    assert!(home.api().list::<NoticeView>(&format!("/api/runs/{}/notices", run.id)).await?.is_empty());
    home.end([]).await
}
