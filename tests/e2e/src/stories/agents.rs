//! Agents: several side by side, and one from its first day to its last.

use std::collections::BTreeSet;

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{code, ended, refusal, wait_until};
use serde_json::{Value, json};

use crate::{aws::Aws, story::Story};

pub(crate) async fn two_agents_share_the_jobs(mut story: Story) -> Result<()> {
    const JOBS: usize = 8;
    let agents = [story.agent().await?, story.agent().await?];
    // Nobody can do all: the first two jobs wait for each other.
    let meeting = |own: &str, other: &str| {
        let dir = story.dir().display();
        json!({"tool": "shell", "cmd": format!("touch {dir}/{own}; while ! test -e {dir}/{other}; do sleep 0.05; done")})
    };
    let mut jobs = vec![story.job("left", &[meeting("left", "right")]), story.job("right", &[meeting("right", "left")])];
    jobs.extend((2..JOBS).map(|number| story.job(&format!("job-{number}"), &[json!({"tool": "shell", "cmd": "true"})])));
    let branch = story.branch(&[("build", code(&json!({"parent": "root", "jobs": jobs})))]).await?;

    let flow = story.api.completed(&story.api.start(&branch).await?).await?;

    let jobs = story.api.all_jobs(&flow).await?;
    assert_eq!(jobs.len(), JOBS);
    let mut at_work = BTreeSet::new();
    for job in &jobs {
        ended(job, Outcome::Ok)?;
        assert_eq!(job.assignments, 1, "{job:?}");
        at_work.extend(job.agent);
    }
    assert_eq!(at_work.len(), 2);
    story.end(agents).await
}

pub(crate) async fn an_agent_joins_and_is_deleted(mut story: Story) -> Result<()> {
    let agent = story.agent_by_hand().await?;
    let session = agent.session().await?;
    let own = Aws::agent(&session)?;
    let poll = json!({"QueueUrl": session.queue_url, "MaxNumberOfMessages": 1});
    own.queue("ReceiveMessage", &poll).await?.text()?;

    // It is given what waits for its group, and is heard of at once through its queue.
    let branch = story.branch(&[("build", story.shell("true"))]).await?;
    let flow = story.api.start(&branch).await?;
    wait_until("a wake-up in the agent's queue", async || {
        Ok(own
            .queue("ReceiveMessage", &json!({"QueueUrl": session.queue_url, "WaitTimeSeconds": 1}))
            .await?
            .text()?
            .contains("ReceiptHandle"))
    })
    .await?;
    let order = agent.take().await?;
    agent.finish(&order, Outcome::Ok).await?;
    story.api.completed(&flow).await?;

    story.api.delete(&format!("/api/agents/{}", agent.id)).await?;
    assert_eq!(refusal(agent.session().await)?.status.as_u16(), 401);
    wait_until("the agent's queue to be gone", async || Ok(own.queue("ReceiveMessage", &poll).await?.status >= 400)).await?;
    if let Some(deployment) = story.place.deployment() {
        let account = Aws::account(deployment);
        let answer = account.queue("GetQueueAttributes", &json!({"QueueUrl": session.queue_url, "AttributeNames": ["All"]})).await?;
        assert!(answer.status == 400 && answer.text.contains("QueueDoesNotExist"), "{answer:?}");
    }
    let named: Option<Value> = story.api.agent_named(&format!("{}-1", story.name())).await?.map(|agent| json!(agent.state));
    assert_eq!(named, None);
    story.end([]).await
}
