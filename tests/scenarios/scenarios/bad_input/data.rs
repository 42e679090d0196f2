//! Senseless user data, places in them, patches and programs.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, stage};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn senseless_data_are_refused_in_words_and_change_nothing() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let path = format!("/api/branches/{branch}/data");
    let before = json!({"n": 1, "list": [1, 2]});
    api.put::<Value>(&path, &before).await?;
    let large = json!({"text": "x".repeat(300_000)}).to_string();
    let huge = json!({"text": "x".repeat(5 << 20)}).to_string();
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(110), "]".repeat(110));
    let deeper = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let doubling: Vec<Value> = (0..60).map(|n| json!({"op": "copy", "from": "", "path": format!("/c{n}")})).collect();
    let many = Value::Array(vec![json!({"op": "test", "path": "/n", "value": 1}); 501]).to_string();
    let put = |query: &str, body: &str, status: u16| (Method::PUT, query.to_owned(), body.to_owned(), status);
    let patch = |body: &str, status: u16| (Method::PATCH, String::new(), body.to_owned(), status);
    let calls = [
        put("", "[1]", 422),
        put("", "NaN", 422),
        put("", "{\"a\": NaN}", 422),
        put("", "{\"a\": 1", 422),
        put("", "", 422),
        put("", &large, 413),
        put("", &huge, 413),
        put("", &deep, 422),
        put("", &deeper, 422),
        put("?pointer=a", "1", 422),
        put("?pointer=/a~2", "1", 422),
        put("?pointer=/list/7", "1", 422),
        put("?pointer=/n/deep", "1", 422),
        put("?kind=nightly", "{}", 422),
        patch("{}", 422),
        patch("[1]", 422),
        patch("", 422),
        patch(r#"[{"op": "add", "path": "/x/y", "value": 1}]"#, 422),
        patch(r#"[{"op": "bump", "path": "/n"}]"#, 422),
        patch(r#"[{"op": "replace", "path": "/n", "value": 2}, {"op": "test", "path": "/n", "value": 3}]"#, 409),
        patch(r#"[{"op": "remove", "path": ""}]"#, 422),
        patch(&Value::Array(doubling).to_string(), 413),
        patch(&many, 422),
    ];
    for (method, query, body, status) in calls {
        let shown: String = body.chars().take(60).collect();
        let request = api.request(method.clone(), &format!("{path}{query}")).header("content-type", "application/json").body(body);
        let answer = request.send().await?;
        assert_eq!(answer.status().as_u16(), status, "{method} {query} {shown}");
        let problem: Value = answer.json().await?;
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty() && detail.len() < 2000), "{shown}: {problem}");
    }
    let merge = api.request(Method::PATCH, &path).header("content-type", "application/merge-patch+json").body(r#"{"n":2}"#);
    assert_eq!(merge.send().await?.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let tag = api.request(Method::PUT, &path).header("if-match", "yesterday").json(&json!({})).send().await?;
    assert_eq!(tag.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let key = api.request(Method::PUT, &path).header("idempotency-key", "k".repeat(300)).json(&json!({})).send().await?;
    assert_eq!(key.status(), StatusCode::UNPROCESSABLE_ENTITY);
    // Of a body in chunks nobody knows before whether there is one.
    let chunks = reqwest::Body::wrap_stream(futures::stream::empty::<std::io::Result<Vec<u8>>>());
    let nothing = api.request(Method::PUT, &path).header("content-type", "application/json").body(chunks).send().await?;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(api.get::<Value>(&path).await?, before);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_keep_nonsense_fail_with_a_reason_and_cost_only_themselves() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let step = |fields: Value| {
        let mut step = json!({"tool": "data", "when": "always"});
        for (name, value) in fields.as_object().into_iter().flatten() {
            step[name] = value.clone();
        }
        step
    };
    let wrong = [
        (json!({"value": 1}), "expected an object"),
        (json!({"value": 1, "json_pointer": "a"}), "JSON pointer"),
        (json!({"value": [{"op": "test", "path": "/n", "value": 2}], "operation": "jsonpatch"}), "tests \"/n\""),
        (json!({"value": "not json", "operation": "jsonpatch"}), "no JSON"),
        (json!({"value": ".n += ", "operation": "jq"}), "makes no sense"),
        (json!({"value": ".n, 2", "operation": "jq"}), "more than one value"),
        (json!({"value": "nan", "operation": "jq", "json_pointer": "/nan"}), "no JSON"),
        (json!({"value": "\"x\" * 3000000000", "operation": "jq", "json_pointer": "/x"}), "MiB of memory"),
        (json!({"value": "last(range(1e18))", "operation": "jq", "json_pointer": "/x", "timeout": 2}), "longer than 2 s"),
        (json!({"value": "def f: [f]; f", "operation": "jq", "json_pointer": "/x"}), "jq"),
        (json!({"value": "x", "operation": "get", "json_pointer": "/nothing/there"}), "nothing at"),
        (json!({"file": "missing.json"}), "missing.json"),
    ];
    let steps: Vec<Value> = wrong.iter().map(|(fields, _)| step(fields.clone())).collect();
    let steps: Vec<Value> = std::iter::once(step(json!({"value": {"n": 1}}))).chain(steps).collect();
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::StepError)?;
    let said: Vec<String> = job.steps.iter().flatten().map(|step| step.message.clone().unwrap_or_default()).collect();
    for ((fields, expected), said) in wrong.iter().zip(&said[1..]) {
        assert!(said.contains(expected), "{fields}: {said}");
    }
    let flow = job.id.flow();
    assert_eq!(api.get::<Value>(&format!("/api/flows/{flow}/data")).await?, json!({"n": 1}));
    home.end([agent]).await
}
