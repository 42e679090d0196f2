//! User data: kept by steps and people, seen by stages, never lost.

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{Api, Home, code, ended, job, refusal, stage};
use kraken_protocol::api::{FlowView, ProjectView, TokenMade};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

fn data(operation: &str, more: &Value) -> Value {
    let mut step = json!({"tool": "data", "operation": operation});
    for (name, value) in more.as_object().into_iter().flatten() {
        step[name] = value.clone();
    }
    step
}

/// A document and its tag.
async fn read(api: &Api, path: &str) -> Result<(Value, String)> {
    let answer = api.request(Method::GET, path).send().await?.error_for_status()?;
    let tag = answer.headers().get(header::ETAG).context("a tag")?.to_str()?.to_owned();
    Ok((answer.json().await?, tag))
}

/// The status of a call, and what it was answered.
async fn call(api: &Api, method: Method, path: &str, body: &Value, headers: &[(&str, &str)]) -> Result<(u16, Value)> {
    let request = api.request(method, path).json(body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_add_at_the_same_moment_lose_nothing() -> Result<()> {
    const TIMES: usize = 5;
    let mut home = Home::start().await?;
    let agents = [home.agent().await?, home.agent().await?];
    let api = home.api();
    let meet = home.dir().join("meet");
    std::fs::create_dir(&meet)?;
    let meet = meet.display();
    let steps = |name: &str, other: &str| {
        // Each waits for the other, so that they add together.
        let wait =
            format!("touch {meet}/{name}; n=0; until test -e {meet}/{other}; do n=$((n+1)); test $n -lt 1200 || exit 1; sleep 0.05; done");
        let mut steps = vec![json!({"tool": "shell", "cmd": wait, "timeout": 120})];
        for n in 0..TIMES {
            steps.push(data("jq", &json!({"value": ".n += 1"})));
            steps.push(data(
                "jsonpatch",
                &json!({"value": [{"op": "add", "path": "/seen/-", "value": format!("{name}{n}")}], "scope": "branch"}),
            ));
            steps.push(data("set", &json!({"value": n, "json_pointer": format!("/by/{name}"), "scope": "project"})));
        }
        steps
    };
    let jobs = [job("a", &steps("a", "b")), job("b", &steps("b", "a"))];
    let branch = api.branch_with("demo", &[("add", &code(&json!({"parent": "root", "jobs": jobs})))]).await?;
    api.put::<Value>(&format!("/api/branches/{branch}/data"), &json!({"seen": []})).await?;
    let flow = api.start(&branch).await?;
    let flow = api.completed(&flow).await?;
    for job in api.all_jobs(&flow).await? {
        ended(&api.job(job.id).await?, Outcome::Ok)?;
    }
    let (counted, _) = read(&api, &format!("/api/flows/{}/data", flow.id)).await?;
    assert_eq!(counted, json!({"n": 2 * TIMES}));
    let (of_branch, _) = read(&api, &format!("/api/branches/{branch}/data")).await?;
    let mut seen: Vec<&str> = of_branch["seen"].as_array().context("a list")?.iter().filter_map(Value::as_str).collect();
    seen.sort_unstable();
    let all: Vec<String> = ["a", "b"].iter().flat_map(|name| (0..TIMES).map(move |n| format!("{name}{n}"))).collect();
    assert_eq!(seen, all, "each once");
    assert_eq!(read(&api, "/api/projects/demo/data").await?.0, json!({"by": {"a": TIMES - 1, "b": TIMES - 1}}));
    home.end(agents).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_makes_its_jobs_from_what_its_parent_kept() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let parent = stage(&[
        data("set", &json!({"value": ["unit", "api"], "json_pointer": "/tests"})),
        data("set", &json!({"value": {"last": 41}, "scope": "branch-ci"})),
        // What an earlier step kept a later one sees.
        json!({"tool": "shell", "cmd": "test '#{flow.data.tests[1]} #{branch.data_ci.last}' = 'api 41' && echo seen"}),
        data("jq", &json!({"value": ".last += 1", "scope": "branch-ci"})),
        data("get", &json!({"file": "kept.json", "scope": "branch-ci", "json_pointer": "/last", "cwd": "."})),
        json!({"tool": "shell", "cmd": "cat kept.json"}),
    ]);
    let child = r##"
def stage(ctx):
    env = [{"system": "any", "agents_group": "all"}]
    said = "echo #{job.name} of #{flow.data.tests} after #{branch.data_ci.last}"
    return {
        "parent": "plan",
        "triggers": {"parent": True},
        "jobs": [{"name": test, "steps": [{"tool": "shell", "cmd": said}], "environments": env} for test in ctx.flow.data.tests],
    }
"##;
    let branch = api.branch_with("demo", &[("plan", &parent), ("test", child)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let runs = api.runs(&flow).await?;
    let mut planned = api.jobs(&runs[0]).await?;
    let first = api.job(planned.remove(0).id).await?;
    ended(&first, Outcome::Ok)?;
    let log = api.log(&first).await?;
    assert!(log.contains(&"seen".to_owned()) && log.contains(&"42".to_owned()), "{log:?}");
    let mut said = Vec::new();
    for job in api.jobs(&runs[1]).await? {
        ended(&api.job(job.id).await?, Outcome::Ok)?;
        said.extend(api.log(&job).await?);
    }
    said.sort_unstable();
    assert_eq!(said, ["api of [unit,api] after 42", "unit of [unit,api] after 42"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_name_what_they_were_made_over() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    for path in [
        format!("/api/flows/{}/data", flow.id),
        format!("/api/branches/{branch}/data"),
        format!("/api/branches/{branch}/data?kind=ci"),
        format!("/api/branches/{branch}/data?kind=dev"),
        "/api/projects/demo/data".to_owned(),
    ] {
        assert_eq!(read(&api, &path).await?, (json!({}), "\"0\"".to_owned()), "{path}: nobody has written it");
        let first = call(&api, Method::PUT, &path, &json!({"n": 1, "path": path}), &[("if-match", "\"0\"")]).await?;
        assert_eq!(first, (200, json!({"n": 1, "path": path})));
        let late = call(&api, Method::PUT, &path, &json!({}), &[("if-match", "\"0\"")]).await?;
        assert_eq!((late.0, late.1["type"].as_str()), (412, Some("/problems/moved")), "{late:?}");
        let (_, tag) = read(&api, &path).await?;
        let patch = json!([{"op": "test", "path": "/n", "value": 1}, {"op": "replace", "path": "/n", "value": 2}]);
        let content = ("content-type", "application/json-patch+json");
        let request = api.request(Method::PATCH, &path).header(content.0, content.1).header("if-match", &tag).body(patch.to_string());
        let answer = request.send().await?;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_ne!(answer.headers()[header::ETAG].to_str()?, tag);
        let again = call(&api, Method::PATCH, &path, &patch, &[]).await?;
        assert_eq!(again.0, 409, "what it tests is not so any more: {again:?}");
        let unchanged = api.request(Method::GET, &path).header("if-none-match", &read(&api, &path).await?.1).send().await?;
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
        let at = if path.contains('?') { format!("{path}&pointer=/a/b") } else { format!("{path}?pointer=/a/b") };
        assert_eq!(call(&api, Method::PUT, &at, &json!([7]), &[]).await?.0, 200);
        assert_eq!(api.get::<Value>(&at).await?, json!([7]));
        assert_eq!(api.get::<Value>(&path).await?, json!({"n": 2, "path": path, "a": {"b": [7]}}));
        let nothing = refusal(api.get::<Value>(&format!("{at}/9")).await)?;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn patches_of_many_are_all_done_and_one_that_comes_twice_once() -> Result<()> {
    const PATCHES: usize = 24;
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let path = format!("/api/branches/{branch}/data");
    api.put::<Value>(&path, &json!({"list": []})).await?;
    let patches = (0..PATCHES).map(|n| {
        let (api, path) = (api.clone(), path.clone());
        tokio::spawn(async move {
            let patch = json!([{"op": "add", "path": "/list/-", "value": n}]);
            let key = format!("patch {n}");
            // Each is sent twice, as if its answer had been lost; too many at a time are asked to come back.
            let mut done = 0;
            while done < 2 {
                match call(&api, Method::PATCH, &path, &patch, &[("idempotency-key", &key)]).await?.0 {
                    200 => done += 1,
                    503 => {}
                    other => anyhow::bail!("patch {n}: {other}"),
                }
            }
            anyhow::Ok(())
        })
    });
    for patch in patches.collect::<Vec<_>>() {
        patch.await??;
    }
    let (document, tag) = read(&api, &path).await?;
    let mut list: Vec<u64> = document["list"].as_array().context("a list")?.iter().filter_map(Value::as_u64).collect();
    list.sort_unstable();
    assert_eq!(list, (0..PATCHES as u64).collect::<Vec<_>>());
    assert_eq!(tag, format!("\"{}\"", PATCHES + 1));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_that_of_one_change_of_one_caller() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let path = format!("/api/branches/{branch}/data");
    api.put::<Value>(&path, &json!({"list": []})).await?;
    let made: TokenMade = api.post("/api/tokens", &json!({"name": "other", "grants": [{"role": "admin"}]})).await?;
    let other = api.with_token(Some(&made.secret));
    let (first, second) = (json!([{"op": "add", "path": "/list/-", "value": 1}]), json!([{"op": "add", "path": "/list/-", "value": 2}]));
    for (who, patch, list) in [
        (&api, &first, json!([1])),
        (&api, &first, json!([1])),
        (&api, &second, json!([1, 2])),
        (&other, &first, json!([1, 2, 1])),
        (&other, &first, json!([1, 2, 1])),
    ] {
        let done = call(who, Method::PATCH, &path, patch, &[("idempotency-key", "the same")]).await?;
        assert_eq!(done, (200, json!({"list": list})));
    }
    // What changed nothing is known, too: sent again, it does not undo what somebody else did meanwhile.
    let named = [("idempotency-key", "another")];
    call(&api, Method::PUT, &format!("{path}?pointer=/list/0"), &json!(1), &named).await?;
    call(&other, Method::PUT, &format!("{path}?pointer=/list/0"), &json!(7), &[]).await?;
    let again = call(&api, Method::PUT, &format!("{path}?pointer=/list/0"), &json!(1), &named).await?;
    assert_eq!(again, (200, json!({"list": [7, 2, 1]})));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn data_go_with_what_they_are_of_and_are_for_those_who_may() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let project: ProjectView = api.get("/api/projects/demo").await?;
    let token = async |role: &str| {
        let grants = json!([{"project": project.id, "role": role}]);
        let made: TokenMade = api.post("/api/tokens", &json!({"name": role, "grants": grants})).await?;
        anyhow::Ok(api.with_token(Some(&made.secret)))
    };
    let flow: FlowView = api.start(&branch).await?;
    let (of_branch, of_flow) = (format!("/api/branches/{branch}/data?kind=ci"), format!("/api/flows/{}/data", flow.id));
    for (role, branches, flows) in [("viewer", 403, 403), ("user", 403, 200), ("admin", 200, 200)] {
        let they = token(role).await?;
        assert_eq!(they.get::<Value>(&of_branch).await?, json!({}), "{role}");
        assert_eq!(call(&they, Method::PUT, &of_branch, &json!({}), &[]).await?.0, branches, "{role}");
        assert_eq!(call(&they, Method::PATCH, &of_flow, &json!([]), &[]).await?.0, flows, "{role}");
    }
    api.put::<Value>(&of_branch, &json!({"kept": true})).await?;
    api.put::<Value>("/api/projects/demo/data", &json!({"kept": true})).await?;
    // A fork begins with none.
    let fork: Value = api.post(&format!("/api/branches/{branch}/fork"), &json!({"name": "next"})).await?;
    let fork = fork["id"].as_str().context("an id")?;
    assert_eq!(api.get::<Value>(&format!("/api/branches/{fork}/data?kind=ci")).await?, json!({}));
    api.delete(&format!("/api/branches/{fork}")).await?;
    api.delete(&format!("/api/branches/{branch}")).await?;
    assert_eq!(refusal(api.get::<Value>(&of_branch).await)?.status, StatusCode::NOT_FOUND);
    api.delete("/api/projects/demo").await?;
    api.branch_with("demo", &[]).await?;
    assert_eq!(api.get::<Value>("/api/projects/demo/data").await?, json!({}));
    home.end([]).await
}
