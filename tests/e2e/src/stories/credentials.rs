//! What an agent's temporary credentials are good for, and how long.

use std::sync::Arc;

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{ended, wait_until};
use reqwest::Method;
use serde_json::json;

use crate::{
    aws::Aws,
    places::{Place, Places},
    story::Story,
};

pub(crate) async fn they_reach_nothing_of_others(mut story: Story) -> Result<()> {
    let (first, second) = (story.agent_by_hand().await?, story.agent_by_hand().await?);
    let (mine, theirs) = (first.session().await?, second.session().await?);
    let agent = Aws::agent(&mine)?;
    let bucket = mine.bucket.as_str();
    let key = |prefix: &str| format!("{prefix}jobs/test/note.txt");

    // Its own: it hears, and stores.
    agent.queue("ReceiveMessage", &json!({"QueueUrl": mine.queue_url})).await?.text()?;
    agent.object(Method::PUT, bucket, &key(&mine.prefix), b"mine").await?.text()?;
    Aws::agent(&theirs)?.object(Method::PUT, bucket, &key(&theirs.prefix), b"theirs").await?.text()?;

    // Of others: nothing; nor may it tell others, or itself, anything.
    let calls = [
        ("another's queue", agent.queue("ReceiveMessage", &json!({"QueueUrl": theirs.queue_url})).await?),
        ("another's queue", agent.queue("SendMessage", &json!({"QueueUrl": theirs.queue_url, "MessageBody": "look"})).await?),
        ("another's queue", agent.queue("DeleteQueue", &json!({"QueueUrl": theirs.queue_url})).await?),
        ("its own queue, to send", agent.queue("SendMessage", &json!({"QueueUrl": mine.queue_url, "MessageBody": "look"})).await?),
        ("its own queue, to end it", agent.queue("DeleteQueue", &json!({"QueueUrl": mine.queue_url})).await?),
        ("another's object", agent.object(Method::GET, bucket, &key(&theirs.prefix), b"").await?),
        ("another's object", agent.object(Method::PUT, bucket, &key(&theirs.prefix), b"changed").await?),
        ("another's object", agent.object(Method::DELETE, bucket, &key(&theirs.prefix), b"").await?),
        ("a prefix that begins like its own", agent.object(Method::PUT, bucket, &key(&mine.prefix.replace('/', "0/")), b"x").await?),
        ("the code of stages", agent.object(Method::PUT, bucket, "code/0000", b"x").await?),
        ("the bucket's list", agent.object(Method::GET, bucket, "?list-type=2", b"").await?),
    ];
    for (what, answer) in calls {
        assert!(answer.is_denied(), "{what}: {answer:?}");
    }
    if let Some(deployment) = story.place.deployment() {
        let table = &deployment.facts.table;
        let queues = ["kraken-scheduler.fifo", "kraken-results.fifo", "kraken-notifier"];
        for name in queues {
            let url = mine.queue_url.replace(mine.queue_url.rsplit('/').next().unwrap(), name);
            let answer = agent.queue("ReceiveMessage", &json!({"QueueUrl": url})).await?;
            assert!(answer.is_denied(), "{name}: {answer:?}");
        }
        let answer = agent.table("Scan", &json!({"TableName": table})).await?;
        assert!(answer.text.contains("AccessDenied"), "the table: {answer:?}");
    }
    // What was refused did nothing.
    let kept = Aws::agent(&theirs)?.object(Method::PUT, bucket, &key(&theirs.prefix), b"theirs").await?;
    assert_eq!(kept.status, 200);
    story.end([]).await
}

/// Seconds.
const SHORT: i64 = 6;

pub(crate) async fn they_end_and_are_renewed(story: Story) -> Result<()> {
    match story.place.deployment() {
        Some(deployment) => {
            let account = Aws::account(deployment);
            account.faults(&json!({"sessions_s": SHORT})).await?;
            let told = outlive(story).await;
            account.faults(&json!({})).await?;
            told
        }
        None => {
            let place = Places::with_short_sessions(SHORT).await?;
            let moved = story.moved_to(Arc::clone(&place)).await?;
            outlive(moved).await?;
            let Some(Place::Home(mut home)) = Arc::into_inner(place) else { anyhow::bail!("nobody else has this place") };
            home.stop().await;
            story.end([]).await
        }
    }
}

/// A job that takes longer than its agent's credentials last, by far, and stores at its end.
async fn outlive(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let go = story.dir().join("go");
    let build = story.stage(&[
        json!({"tool": "shell", "cmd": format!("echo began; while ! test -e {}; do sleep 0.1; done; echo done > done.txt", go.display())}),
        json!({"tool": "artifacts", "source": "done.txt"}),
    ]);
    let branch = story.branch(&[("build", build)]).await?;
    let flow = story.api.start(&branch).await?;
    story.api.says(&story.api.only_job_in(&flow, "running").await?, "began").await?;

    // Twice over, credentials that were handed out meanwhile have ended.
    let by_hand = story.agent_by_hand().await?;
    for _ in 0..2 {
        let session = by_hand.session().await?;
        let credentials = Aws::agent(&session)?;
        let poll = json!({"QueueUrl": session.queue_url});
        credentials.queue("ReceiveMessage", &poll).await?.text()?;
        let ended = async || {
            let answer = credentials.queue("ReceiveMessage", &poll).await?;
            // The emulator forgets what has ended when others get new ones; it then knows nothing of them any more.
            Ok(answer.status == 403
                && ["Expired", "UnrecognizedClient", "InvalidClientTokenId"].iter().any(|name| answer.text.contains(name)))
        };
        wait_until("credentials to end", ended).await?;
    }
    std::fs::write(&go, "")?;

    // The job is its: the one played by hand never asks for it.
    let job = story.api.only_job(&story.api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(job.assignments, 1);
    story.end([agent]).await
}
