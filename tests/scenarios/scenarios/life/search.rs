//! Finding lines of any log: by what they say and by where they come from, and only by who may.

use anyhow::Result;
use kraken_domain::{access::Role, job::Outcome};
use kraken_harness::{Api, Home, ended, eventually, refusal};
use kraken_protocol::api::{FoundLogs, JobView, LogMatches, TokenMade};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The lines that fit, once there are some.
async fn found(api: &Api, query: &str) -> Result<FoundLogs> {
    eventually(&format!("lines for {query}"), async || {
        let found: FoundLogs = api.get(&format!("/api/logs?{query}")).await?;
        Ok((!found.items.is_empty()).then_some(found))
    })
    .await
}

fn texts(found: &FoundLogs) -> Vec<&str> {
    found.items.iter().map(|line| line.text.as_str()).collect()
}

/// A job of two steps, each of which says something that no other line says.
async fn two_steps(home: &Home, project: &str) -> Result<(String, JobView)> {
    let steps = [
        json!({"tool": "shell", "cmd": format!("echo 'a cassowary of {project}'; printf '\\033[31mred\\033[0m-kestrel\\n'")}),
        json!({"tool": "shell", "cmd": "echo 'a quokka, later'"}),
    ];
    let code = kraken_harness::code(&json!({"parent": "root", "jobs": [kraken_harness::job("talk", &steps)]}));
    let branch = home.api().branch_with(project, &[("build", &code)]).await?;
    let job = home.api().run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    Ok((branch, job))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_found_by_what_it_says_and_where_it_comes_from() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (branch, job) = two_steps(&home, "demo").await?;

    let by_text = found(&api, "q=Cassowary%20demo").await?;
    let [line] = &by_text.items[..] else { anyhow::bail!("{by_text:?}") };
    assert_eq!((line.text.as_str(), line.service.as_str(), line.level.as_str()), ("a cassowary of demo", "job", "info"));
    assert_eq!((line.job.as_deref(), line.step.as_deref()), (Some(job.id.to_string().as_str()), Some("0")));
    assert_eq!(line.branch.as_deref(), Some(branch.as_str()));
    assert!(job.started_at.is_some_and(|started| line.time >= started), "a line has the time at which it was read");
    assert_eq!(texts(&found(&api, "q=red-kestrel").await?), ["red-kestrel"], "colours do not stand between words");

    let by = api.agent_named(agent.name()).await?.unwrap().id;
    let project = line.project.clone().unwrap();
    for place in [
        format!("job={}", job.id),
        format!("run={}", job.id.run),
        format!("flow={}", job.id.flow()),
        format!("agent={by}"),
        format!("project={project}"),
        format!("branch={branch}"),
    ] {
        let lines = found(&api, &format!("q=quokka&{place}")).await?;
        assert_eq!(texts(&lines), ["a quokka, later"], "{place}");
        let ordered = found(&api, &format!("{place}&service=job&order=oldest")).await?;
        assert_eq!(texts(&ordered), ["a cassowary of demo", "red-kestrel", "a quokka, later"], "{place}");
        assert_eq!(ordered.items.iter().map(|line| line.number).collect::<Vec<_>>(), [Some(0), Some(1), Some(2)], "{place}");
    }
    assert_eq!(texts(&found(&api, &format!("job={}&step=1", job.id)).await?), ["a quokka, later"]);
    let nothing: FoundLogs = api.get(&format!("/api/logs?q=quokka&job={}&step=0", job.id)).await?;
    assert_eq!((nothing.items.len(), nothing.next), (0, None));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_nonsense_is_named() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell("seq -f 'finch %04g' 0 2499"))]).await?;
    ended(&api.run_one(&branch).await?, Outcome::Ok)?;

    found(&api, "q=finch%202499").await?;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: FoundLogs = api.get(&format!("/api/logs?q=finch&order=oldest&limit=400{cursor}")).await?;
        seen.extend(page.items.into_iter().map(|line| line.text));
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..2500).map(|n| format!("finch {n:04}")).collect();
    assert_eq!(seen, expected);
    for (wrong, path) in [("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=x", "cursor"), ("level=loud", "level")] {
        let refused = refusal(api.get::<Value>(&format!("/api/logs?{wrong}")).await)?;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.problem.errors.iter().any(|error| error.path == format!("/query/{path}")), "{wrong}: {refused:?}");
    }
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_says_is_found_by_administrators() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (_, job) = two_steps(&home, "demo").await?;
    let by = api.agent_named(agent.name()).await?.unwrap().id;

    let ready = found(&api, &format!("q=%22ready%20for%20jobs%22&service=agent&agent={by}")).await?;
    assert_eq!((ready.items.len(), ready.items[0].level.as_str()), (1, "info"));
    let of_job = found(&api, &format!("q=%22job%20over%22&service=agent&job={}", job.id)).await?;
    assert_eq!(of_job.items[0].flow.as_deref(), Some(job.id.flow().to_string().as_str()));
    home.end([agent]).await
}

async fn token(api: &Api, grants: Value) -> Result<String> {
    let made: TokenMade = api.post("/api/tokens", &json!({"name": "reader", "grants": grants})).await?;
    Ok(made.secret)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_what_they_may_see() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let admin = home.api();
    let (_, mine) = two_steps(&home, "mine").await?;
    let (_, other) = two_steps(&home, "other").await?;
    let of = |found: &FoundLogs| found.items[0].project.clone().unwrap();
    let (my_project, other_project) = (of(&found(&admin, "q=mine").await?), of(&found(&admin, "q=other").await?));
    found(&admin, "service=agent").await?;

    let url = home.agents_url();
    let reader = Api::new(&url, Some(&token(&admin, json!([{"project": my_project, "role": Role::Viewer.as_str()}])).await?));
    for query in [
        format!("q=cassowary&project={my_project}"),
        format!("q=cassowary&job={}", mine.id),
        format!("q=cassowary&flow={}", mine.id.flow()),
    ] {
        assert_eq!(texts(&found(&reader, &query).await?), ["a cassowary of mine"], "{query}");
    }
    for query in [
        format!("project={other_project}"),
        format!("job={}", other.id),
        "service=agent".to_owned(),
        format!("service=agent&project={my_project}"),
    ] {
        let refused = refusal(reader.get::<Value>(&format!("/api/logs?{query}")).await)?;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{query}");
    }
    let unclear = refusal(reader.get::<Value>("/api/logs?q=cassowary").await)?;
    assert_eq!(unclear.status, StatusCode::UNPROCESSABLE_ENTITY, "which project?");
    let across: FoundLogs = reader.get(&format!("/api/logs?project={my_project}&job={}", other.id)).await?;
    assert_eq!(across.items, [], "a job of another project is in none of mine");

    let everywhere = Api::new(&url, Some(&token(&admin, json!([{"project": null, "role": Role::Viewer.as_str()}])).await?));
    let all = found(&everywhere, "q=cassowary").await?;
    assert_eq!(all.items.len(), 2);
    let services = found(&everywhere, "limit=1000").await?;
    assert!(services.items.iter().all(|line| line.service == "job"), "what agents and services say is for administrators");
    home.end([agent]).await
}

/// Where there is no search, the stored logs of one run or job are read through.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_search_a_run_or_a_job_is_read_through() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let (_, job) = two_steps(&home, "demo").await?;
    let mut control = home.server()?.control().clone();
    control.search = None;
    let caller = control.caller(home.token()).await?;
    let query = |text: &str| kraken_search::Query { text: kraken_search::Text::parse(text), ..kraken_search::Query::default() };

    let run = kraken_search::Query { run: Some(job.id.run.to_string()), ..query("quokka") };
    let found = control.find_logs(&caller, run, None).await?;
    assert_eq!(texts(&found), ["a quokka, later"]);
    assert_eq!((found.items[0].step.as_deref(), found.next, found.behind), (Some("1"), None, 0));
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let one = kraken_search::Query { job: Some(job.id.to_string()), limit: 1, cursor, ..query("") };
        let found = control.find_logs(&caller, one, None).await?;
        seen.extend(found.items.into_iter().map(|line| line.text));
        match found.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ["a cassowary of demo", "red-kestrel", "a quokka, later"]);
    let refused = control.find_logs(&caller, query("quokka"), None).await.unwrap_err();
    assert!(refused.to_string().contains("name it with ?run=<id> or ?job=<id>"), "{refused}");
    home.end([agent]).await
}

/// Objects go when they are too old, and not all of them at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_gone_holds_up_no_search_of_the_others() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let (_, job) = two_steps(&home, "demo").await?;
    let mut control = home.server()?.control().clone();
    control.search = None;
    let read = control.job(job.id).await?.value;
    let key = format!("{}index.json", read.log_prefix.clone().unwrap());
    let mut index: Value = serde_json::from_slice(&control.objects.get(&key).await?.unwrap())?;
    for member in index["members"].as_array_mut().unwrap() {
        member["object"] = json!("gone.gz");
    }
    control.objects.put(&key, "application/json", index.to_string().into()).await?;

    let caller = control.caller(home.token()).await?;
    let of_run = kraken_search::Query { run: Some(job.id.run.to_string()), ..kraken_search::Query::default() };
    let found = control.find_logs(&caller, of_run, None).await?;
    assert_eq!((found.items.len(), found.next), (0, None), "the same place again would never end");
    let matches: LogMatches = home.api().get(&format!("/api/jobs/{}/log/search?q=quokka", job.id)).await?;
    assert_eq!((matches.lines.len(), matches.next_from), (0, None));
    home.end([agent]).await
}

/// A run may have any number of jobs: one call looks at some, and says where the next goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_huge_run_is_read_through_in_bounded_steps() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let jobs: Vec<Value> = (0..450).map(|n| kraken_harness::job(&format!("job-{n}"), &steps)).collect();
    let branch = api.branch_with("demo", &[("build", &kraken_harness::code(&json!({"parent": "root", "jobs": jobs})))]).await?;
    let flow = api.start(&branch).await?;
    kraken_harness::wait_until("the jobs to be made", async || {
        Ok(api.runs(&flow).await?.iter().any(|run| run.jobs.total == 450 && run.state != "creating"))
    })
    .await?;
    let run = api.runs(&flow).await?.remove(0);

    let mut control = home.server()?.control().clone();
    control.search = None;
    let caller = control.caller(home.token()).await?;
    let (mut cursor, mut calls) = (None, 0);
    loop {
        // Nothing of theirs has to be read to know that they do not fit; there are many all the same.
        let agent = Some("01jzzzzzzzzzzzzzzzzzzzzzzz".to_owned());
        let query = kraken_search::Query { run: Some(run.id.to_string()), agent, cursor, ..kraken_search::Query::default() };
        let found = control.find_logs(&caller, query, None).await?;
        assert_eq!(found.items, []);
        calls += 1;
        match found.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(calls, 2);
    home.end([]).await
}
