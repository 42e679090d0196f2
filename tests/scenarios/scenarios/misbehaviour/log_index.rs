//! The index of a log comes from an agent, and may be anything.

use anyhow::{Context, Result};
use kraken_control::ControlError;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, refusal, shell};
use kraken_protocol::log::INDEX_BYTES_MAX;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_lies_is_said_to_and_costs_little() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    // More than a short log may have; as a member it is small.
    let branch = api.branch_with("demo", &[("build", &shell("seq -f 'a line of text %09g' 0 119999"))]).await?;
    let done = api.run_one(&branch).await?;
    ended(&done, Outcome::Ok)?;
    let control = home.server()?.control().clone();
    let job = control.job(done.id).await?.value;
    let key = format!("{}index.json", job.log_prefix.clone().context("a log")?);
    let honest: Value = serde_json::from_slice(&control.objects.get(&key).await?.context("an index")?)?;
    let members = honest["members"].as_array().context("members")?.clone();
    assert!(members.len() > 1, "{honest}");

    let put = async |index: Vec<u8>| control.objects.put(&key, "application/json", index.into()).await;
    let twice = json!({"members": [members[0], members[0]], "lines": 1, "bytes": 1, "complete": true});
    let mut large = members[0].clone();
    large["lines"] = json!(1_000_000);
    let large = json!({"members": [large], "lines": 1, "bytes": 1, "complete": true});
    for (index, why) in
        [(twice.to_string(), "begins with line 0, not"), (large.to_string(), "1000000 lines"), ("{".to_owned(), "cannot be read")]
    {
        put(index.into_bytes()).await?;
        let refused = refusal(api.get::<Value>(&format!("/api/jobs/{}/log", done.id)).await)?;
        assert_eq!(refused.status, 409);
        assert!(refused.problem.detail.contains(why), "{why}: {refused}");
    }
    put(vec![b' '; usize::try_from(INDEX_BYTES_MAX)? + 1]).await?;
    let refused = refusal(api.get::<Value>(&format!("/api/jobs/{}/log", done.id)).await)?;
    assert!(refused.problem.detail.contains("more than the"), "{refused}");

    // It is well formed, and says that the log is short.
    let mut short = honest;
    short["bytes"] = json!(10);
    put(short.to_string().into_bytes()).await?;
    let mut bounded = control.clone();
    let settings = kraken_control::Settings { answer_bytes_max: Some(5 << 20), ..(*control.settings).clone() };
    bounded.settings = std::sync::Arc::new(settings);
    let Err(error) = bounded.whole_log(job).await else { anyhow::bail!("a log of 3 MB was taken for one of 10 bytes") };
    assert!(matches!(&error, ControlError::BadLog { .. }), "{error}");
    home.end([agent]).await
}
