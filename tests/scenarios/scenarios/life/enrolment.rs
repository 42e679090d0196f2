//! How agents join.

use anyhow::Result;
use kraken_domain::agent::HostFacts;
use kraken_harness::{HandAgent, Home, refusal, shell, wait_until};
use kraken_protocol::{
    agent::{AgentSecret, EnrolRequest, Enrolled},
    api::{EnrolmentTokenMade, EnrolmentTokenView},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_token_lets_one_agent_join_unless_it_is_reusable() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let once = home.enrolment_token(&[]).await?;
    HandAgent::enrol(&api, "first", Some(&once)).await?;
    let refused = refusal(HandAgent::enrol(&api, "second", Some(&once)).await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.problem.detail.contains("used up"), "{}", refused.problem.detail);

    // At the same moment only one gets in.
    let once = home.enrolment_token(&[]).await?;
    let crowd: Vec<_> = (0..6)
        .map(|n| {
            let (api, once) = (api.clone(), once.clone());
            tokio::spawn(async move { HandAgent::enrol(&api, &format!("crowd-{n}"), Some(&once)).await.is_ok() })
        })
        .collect();
    let mut joined = 0;
    for one in crowd {
        joined += usize::from(one.await?);
    }
    assert_eq!(joined, 1);

    api.post::<Value>("/api/groups", &json!({"name": "gpu"})).await?;
    let reusable: EnrolmentTokenMade = api.post("/api/enrolment-tokens", &json!({"reusable": true, "groups": ["gpu"]})).await?;
    for name in ["third", "fourth"] {
        HandAgent::enrol(&api, name, Some(&reusable.secret)).await?;
        assert_eq!(api.agent_named(name).await?.unwrap().groups, ["gpu"]);
    }
    api.delete(&format!("/api/enrolment-tokens/{}", reusable.token.id)).await?;
    assert!(HandAgent::enrol(&api, "fifth", Some(&reusable.secret)).await.is_err());

    // A token that nobody used ends by itself.
    let late = home.enrolment_token(&[]).await?;
    home.pass(std::time::Duration::from_secs(24 * 3600 + 1)).await?;
    let refused = refusal(HandAgent::enrol(&api, "late", Some(&late)).await)?;
    assert!(refused.problem.detail.contains("ended at"), "{}", refused.problem.detail);
    let left: Vec<EnrolmentTokenView> = api.list("/api/enrolment-tokens").await?;
    assert!(left.len() <= 1, "{left:?}");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_without_a_token_waits_for_an_administrator() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let agent = home.newcomer(None)?;
    home.agent_is(&agent, "discovered").await?;
    home.tick().await?;
    assert_eq!(api.only_job(&flow).await?.state, "queued");

    let id = api.agent_named(agent.name()).await?.unwrap().id;
    api.post::<Value>(&format!("/api/agents/{id}/authorise"), &json!({})).await?;
    api.completed(&flow).await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_whose_answer_was_lost_can_be_repeated() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let once = home.enrolment_token(&[]).await?;
    let mut request = EnrolRequest {
        name: Some("alder".to_owned()),
        facts: HostFacts::default(),
        installation: "one".to_owned(),
        secret: Some(AgentSecret::of(&[7; 32])),
    };
    let first: Enrolled = api.with_token(Some(&once)).post("/api/agent/enrol", &request).await?;
    let again: Enrolled = api.with_token(Some(&once)).post("/api/agent/enrol", &request).await?;
    assert_eq!((first.agent, &first.token, first.authorised), (again.agent, &again.token, true));
    assert_eq!(api.list::<Value>("/api/agents").await?.len(), 1);
    api.with_token(Some(&first.token)).post::<Value>("/api/agent/heartbeat", &json!({})).await?;

    // Somebody else with the used token, and one whose secret could be guessed.
    request.secret = Some(AgentSecret::of(&[8; 32]));
    let refused = refusal(api.with_token(Some(&once)).post::<Value>("/api/agent/enrol", &request).await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    request.secret = Some(AgentSecret("kraken_agent_1234".to_owned()));
    let refused = refusal(api.with_token(None).post::<Value>("/api/agent/enrol", &request).await)?;
    assert_eq!((refused.status, refused.problem.errors[0].path.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "/secret"));
    assert!(!refused.problem.detail.contains("1234"), "{}", refused.problem.detail);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_let_in_gets_no_job_before_it_is_there() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let agent = HandAgent::enrol(&api, "alder", None).await?;
    let flow = api.start(&branch).await?;
    let act = async |what: &str| api.post::<Value>(&format!("/api/agents/{}/{what}", agent.id), &json!({})).await;
    act("authorise").await?;
    home.tick().await?;
    assert_eq!((api.agent_named("alder").await?.unwrap().state.as_str(), api.only_job(&flow).await?.state.as_str()), ("offline", "queued"));
    agent.session().await?;
    let order = agent.take().await?;
    agent.finish(&order, kraken_domain::job::Outcome::Ok).await?;

    // The same for one that was disabled and has gone away.
    act("disable").await?;
    home.pass(std::time::Duration::from_secs(61)).await?;
    act("enable").await?;
    assert_eq!(api.agent_named("alder").await?.unwrap().state, "offline");
    act("disable").await?;
    agent.beat(None).await?;
    act("enable").await?;
    assert_eq!(api.agent_named("alder").await?.unwrap().state, "idle");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_enrolment_token_ends_the_agent_with_words() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agent = home.newcomer(Some("kraken_enrol_nonsense"))?;
    let status = agent.ended().await?;
    assert!(!status.success());
    let said = agent.said()?;
    assert!(said.contains("ask an administrator for a new one"), "{said}");
    assert!(!said.contains("nonsense"), "the token is not repeated: {said}");
    assert_eq!(home.api().list::<Value>("/api/agents").await?.len(), 0);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_agent_ends_and_its_token_is_worth_nothing() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agent = home.agent().await?;
    let by_hand = home.agent_by_hand().await?;
    let api = home.api();
    for name in [agent.name(), "agent-2"] {
        let id = api.agent_named(name).await?.unwrap().id;
        api.delete(&format!("/api/agents/{id}")).await?;
    }
    assert_eq!(api.list::<Value>("/api/agents").await?.len(), 0);
    let refused = refusal(by_hand.beat(None).await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let status = agent.ended().await?;
    assert!(!status.success());
    assert!(agent.said()?.contains("enrol it again"), "{}", agent.said()?);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_deleted_in_the_middle_of_a_job_leaves_it_to_others() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    api.delete(&format!("/api/agents/{}", agent.id)).await?;
    assert!(agent.finish(&order, kraken_domain::job::Outcome::Ok).await.is_err());
    let other = home.agent().await?;
    home.pass(std::time::Duration::from_secs(61)).await?;
    let done = api.completed(&flow).await?;
    let job = api.only_job(&done).await?;
    kraken_harness::ended(&job, kraken_domain::job::Outcome::Ok)?;
    assert_eq!(job.assignments, 2);
    wait_until("the agent to be idle", async || Ok(api.agent_named(other.name()).await?.unwrap().state == "idle")).await?;
    home.end([other]).await
}
