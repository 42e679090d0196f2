//! Messages that come too often, in the wrong order, or make no sense.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{ended, eventually_within};
use serde_json::{Value, json};

use super::bustle::Bustle;
use crate::{aws::Aws, places::message_to, story::Story};

/// Address of a queue of the account.
pub(crate) async fn url(account: &Aws, queue: &str) -> Result<String> {
    let answer: Value = serde_json::from_str(&account.queue("GetQueueUrl", &json!({"QueueName": queue})).await?.text()?)?;
    Ok(answer["QueueUrl"].as_str().context("a queue has an address")?.to_owned())
}

pub(crate) async fn wake_ups_come_often_and_in_any_order(mut story: Story) -> Result<()> {
    let bustle = Bustle::begin(&mut story, 4).await?;
    let account = Aws::account(story.place.deployment().context("a deployment")?);
    let (results, scheduler) = (url(&account, "kraken-results.fifo").await?, url(&account, "kraken-scheduler.fifo").await?);
    let mut agents = Vec::new();
    for agent in &bustle.agents {
        let id = story.api.agent_named(agent.name()).await?.context("it has joined")?.id;
        agents.push(url(&account, &format!("kraken-agent-{id}")).await?);
    }
    bustle.open()?;
    let (api, flows, mut sent) = (story.api.clone(), bustle.flows.clone(), 0_usize);
    bustle
        .done_despite(story, async || {
            // The newest first, each as often as there are flows: a repetition of everything that was ever said.
            for flow in flows.iter().rev() {
                let runs = api.runs(flow).await?;
                for (queue, group) in runs.iter().rev().map(|run| (&results, run.id.to_string())).chain([(&scheduler, "queue".to_owned())])
                {
                    sent += 1;
                    let id = format!("again-{}-{sent}", std::process::id());
                    let message = json!({"QueueUrl": queue, "MessageBody": group, "MessageGroupId": group, "MessageDeduplicationId": id});
                    account.queue("SendMessage", &message).await?.text()?;
                }
            }
            for queue in &agents {
                account.queue("SendMessage", &json!({"QueueUrl": queue, "MessageBody": "{}"})).await?.text()?;
            }
            Ok(true)
        })
        .await
}

/// As often a message is tried: the deployment's own setting, but for logs, which are tried for half a day.
const TRIES: u64 = 5;
/// Five tries, a second apart on purpose, on a busy machine, behind what else waits.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn a_message_that_makes_no_sense_is_put_aside(mut story: Story) -> Result<()> {
    let account = Aws::account(story.place.deployment().context("a deployment")?);
    let (body, group) = (format!("no run {}", story.name()), story.name());
    let mut poisoned = Vec::new();
    let indexer = story.place.search().map(|_| ("indexer", "", false));
    for (function, end, fifo) in [("results", ".fifo", true), ("notifier", "", false)].into_iter().chain(indexer) {
        // Lambda counts an error when nothing of a call could be dealt with: that is what alarms hear of.
        let failed = account.invoke(function, &queued(&body)).await?;
        assert!(failed["errorMessage"].as_str().is_some_and(|error| error.contains("could be dealt with")), "{function}: {failed}");
        let (queue, dead) = (format!("kraken-{function}{end}"), format!("kraken-{function}-dead{end}"));
        let (queue, dead) = (url(&account, &queue).await?, url(&account, &dead).await?);
        // Between two tries pass minutes: six times what the function may take. Here, a second.
        let rest = set_rest(&account, &queue, "1").await?;
        let tries = set_tries(&account, &queue, TRIES).await?;
        let mut message = json!({"QueueUrl": queue, "MessageBody": body});
        if fifo {
            message["MessageGroupId"] = json!(group);
            message["MessageDeduplicationId"] = json!(body);
        }
        account.queue("SendMessage", &message).await?.text()?;
        poisoned.push((queue, dead, rest, tries));
    }

    // Meanwhile everything goes on.
    let agent = story.agent().await?;
    let build = story.shell("true");
    let check = story.child("build", &[json!({"tool": "shell", "cmd": "true"})]);
    let branch = story.branch(&[("build", build), ("check", check)]).await?;
    let flow = story.api.completed(&story.api.start(&branch).await?).await?;
    for job in story.api.all_jobs(&flow).await? {
        ended(&job, Outcome::Ok)?;
    }

    for (queue, dead, rest, tries) in poisoned {
        let receive = json!({"QueueUrl": dead, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0, "AttributeNames": ["All"]});
        let found = eventually_within(PATIENCE, "the message among the dead letters", async || {
            let answer: Value = serde_json::from_str(&account.queue("ReceiveMessage", &receive).await?.text()?)?;
            Ok(answer["Messages"].as_array().into_iter().flatten().find(|message| message["Body"] == json!(body)).cloned())
        })
        .await?;
        let tried: u64 = found["Attributes"]["ApproximateReceiveCount"].as_str().unwrap_or_default().parse()?;
        assert!(tried > TRIES, "it was tried {TRIES} times and looked at here: {found}");
        // It is not tried again: nothing of it is left where it was.
        let left = json!({"QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessages"]});
        let left: Value = serde_json::from_str(&account.queue("GetQueueAttributes", &left).await?.text()?)?;
        assert_eq!(left["Attributes"]["ApproximateNumberOfMessages"], json!("0"), "{left}");
        let handle = &found["ReceiptHandle"];
        account.queue("DeleteMessage", &json!({"QueueUrl": dead, "ReceiptHandle": handle})).await?.text()?;
        set_rest(&account, &queue, &rest).await?;
        set_tries(&account, &queue, tries).await?;
    }
    story.end([agent]).await
}

/// An event as Lambda makes it of one message of a queue.
fn queued(body: &str) -> Value {
    let mut event = message_to(body);
    event["Records"][0]["eventSource"] = json!("aws:sqs");
    event
}

/// Sets how often a message is tried; gives how often it was.
async fn set_tries(account: &Aws, queue: &str, tries: u64) -> Result<u64> {
    let asked = json!({"QueueUrl": queue, "AttributeNames": ["RedrivePolicy"]});
    let answer: Value = serde_json::from_str(&account.queue("GetQueueAttributes", &asked).await?.text()?)?;
    let mut policy: Value = serde_json::from_str(answer["Attributes"]["RedrivePolicy"].as_str().context("a queue has its dead letters")?)?;
    let before = policy["maxReceiveCount"].as_u64().or_else(|| policy["maxReceiveCount"].as_str()?.parse().ok());
    policy["maxReceiveCount"] = json!(tries);
    let wanted = json!({"QueueUrl": queue, "Attributes": {"RedrivePolicy": policy.to_string()}});
    account.queue("SetQueueAttributes", &wanted).await?.text()?;
    before.context("a message is tried some times")
}

/// Sets how many seconds a message rests before it is tried again; gives what it was.
pub(crate) async fn set_rest(account: &Aws, queue: &str, seconds: &str) -> Result<String> {
    let asked = json!({"QueueUrl": queue, "AttributeNames": ["VisibilityTimeout"]});
    let answer: Value = serde_json::from_str(&account.queue("GetQueueAttributes", &asked).await?.text()?)?;
    let wanted = json!({"QueueUrl": queue, "Attributes": {"VisibilityTimeout": seconds}});
    account.queue("SetQueueAttributes", &wanted).await?.text()?;
    Ok(answer["Attributes"]["VisibilityTimeout"].as_str().context("every queue has one")?.to_owned())
}
