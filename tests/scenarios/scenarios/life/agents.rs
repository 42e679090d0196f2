//! What people see of agents, and their groups.

use anyhow::Result;
use kraken_harness::{Home, refusal};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_says_what_its_host_is() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let seen = home.api().agent_named(agent.name()).await?.unwrap();
    assert!(seen.cpus > 0 && seen.memory_bytes > 0 && seen.disk_free_bytes > 0, "{seen:?}");
    assert!(seen.system.contains('-') && !seen.architecture.is_empty() && !seen.host.is_empty(), "{seen:?}");
    assert!(seen.executors.contains_key("local"));
    assert!(seen.last_seen_at.is_some());
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_nothing_is_heard_of_is_offline_until_it_is_back() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let state = async || Ok::<_, anyhow::Error>(api.agent_named("agent-1").await?.unwrap().state);
    assert_eq!(state().await?, "idle");
    home.pass(std::time::Duration::from_secs(61)).await?;
    assert_eq!(state().await?, "offline");
    agent.beat(None).await?;
    assert_eq!(state().await?, "idle");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_made_once_and_named_plainly() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    api.post::<Value>("/api/groups", &json!({"name": "gpu", "description": "with cards"})).await?;
    let twice = refusal(api.post::<Value>("/api/groups", &json!({"name": "gpu"})).await)?;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    for wrong in ["all", "", "a/b", "with space"] {
        let refused = refusal(api.post::<Value>("/api/groups", &json!({"name": wrong})).await)?;
        assert_eq!((refused.status, refused.problem.errors[0].path.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "/name"), "{wrong:?}");
    }
    let groups = format!("/api/agents/{}/groups", agent.id);
    let refused = refusal(api.put::<Value>(&groups, &json!({"groups": ["gpu", "nowhere"]})).await)?;
    assert_eq!(refused.problem.errors[0].path, "/groups/1");
    api.put::<Value>(&groups, &json!({"groups": ["gpu"]})).await?;
    assert_eq!(api.agent_named("agent-1").await?.unwrap().groups, ["gpu"]);
    home.end([]).await
}
