//! Far sides that fail, do not answer, or answer late; and those who tell them, dying. What matters arrives, and once it is answered never again.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use kraken_control::{
    Control,
    notices::{Parcel, Sender},
};
use kraken_domain::{RunId, notice::Answer};
use kraken_fn_notifier::{Post, Reach};
use kraken_harness::{AgentProcess, FarSide, Home, Mailbox, Reply, eventually};
use kraken_protocol::api::{NoticeView, SettingsView};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::life::notices::{started_by_change, telling};

/// A system of which one run is over, and a far side that its stage tells when it ends.
struct Told {
    home: Home,
    agent: AgentProcess,
    far: FarSide,
    run: RunId,
}

impl Told {
    async fn with(replies: impl IntoIterator<Item = Reply>) -> Result<Self> {
        let far = FarSide::start().await?;
        far.answers(replies);
        let mut home = Home::start().await?;
        let agent = home.agent().await?;
        let stage = telling(&json!({"webhook": {"url": far.url(), "on": ["end"]}}));
        let branch = home.api().branch_with("demo", &[("build", &stage)]).await?;
        let flow = home.api().completed(&home.api().start(&branch).await?).await?;
        let run = home.api().runs(&flow).await?.remove(0).id;
        Ok(Self { home, agent, far, run })
    }

    async fn notice(&self) -> Result<Option<NoticeView>> {
        let notices: Vec<NoticeView> = self.home.api().list(&format!("/api/runs/{}/notices", self.run)).await?;
        Ok(notices.into_iter().next())
    }

    /// The notice, once its attempt is answered.
    async fn answered(&self, attempts: u32) -> Result<NoticeView> {
        eventually("the attempt to be answered", async || {
            let notice = self.notice().await?;
            Ok(notice.filter(|notice| notice.attempts == attempts && notice.answer.is_some()))
        })
        .await
    }

    async fn end(self) -> Result<()> {
        self.home.end([self.agent]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_far_side_that_fails_is_told_again_later_under_the_same_key() -> Result<()> {
    let told = Told::with([Reply::status(503), Reply::Cut]).await?;
    let first = told.answered(1).await?;
    assert_eq!((first.state.as_str(), first.answer.as_deref()), ("owed", Some("the far side failed (503)")));
    told.home.tick().await?;
    assert_eq!(told.far.told().len(), 1, "not before its time");
    // The connection ends after the request was read.
    told.home.pass(Duration::from_secs(11)).await?;
    let second = told.answered(2).await?;
    assert!(second.state == "owed" && second.answer.unwrap_or_default().contains("connection broke"), "{first:?}");
    told.home.pass(Duration::from_secs(31)).await?;
    let third = told.answered(3).await?;
    assert_eq!((third.state.as_str(), third.next_attempt_at), ("sent", None));

    let heard = told.far.hears(3).await?;
    assert!(heard.iter().all(|heard| heard.header("x-kraken-delivery") == first.key), "{heard:?}");
    told.home.pass(Duration::from_secs(7200)).await?;
    assert_eq!(told.far.told().len(), 3, "what is answered is told no more");
    told.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_is_left_alone() -> Result<()> {
    let body = r#"{"message": "Bad credentials"}"#.to_owned();
    let told = Told::with([Reply::Answer(401, Vec::new(), body)]).await?;
    let notice = told.answered(1).await?;
    assert_eq!(notice.state, "refused");
    assert!(notice.answer.unwrap_or_default().contains("Bad credentials"), "the reason of the far side is shown");
    told.home.pass(Duration::from_secs(7200)).await?;
    assert_eq!(told.far.told().len(), 1);
    told.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_to_be_left_alone_for_a_while_is() -> Result<()> {
    let told = Told::with([Reply::Answer(429, vec![("retry-after", "600".to_owned())], String::new())]).await?;
    assert_eq!(told.answered(1).await?.state, "owed");
    told.home.pass(Duration::from_secs(300)).await?;
    assert_eq!(told.far.told().len(), 1);
    told.home.pass(Duration::from_secs(301)).await?;
    assert_eq!(told.answered(2).await?.state, "sent");
    told.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_for_more_than_a_day() -> Result<()> {
    let told = Told::with(std::iter::repeat_n(Reply::status(500), 60)).await?;
    let mut tries = 1;
    loop {
        let notice = told.answered(tries).await?;
        if notice.next_attempt_at.is_none() {
            assert_eq!(notice.state, "given_up");
            break;
        }
        told.home.pass(Duration::from_secs(3601)).await?;
        tries += 1;
        anyhow::ensure!(tries < 40, "it is tried for ever");
    }
    told.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_twice_tells_once() -> Result<()> {
    let told = Told::with([]).await?;
    assert_eq!(told.answered(1).await?.state, "sent");
    let event = json!({"id": "1", "detail-type": "run.completed", "detail": {"run": told.run, "notices": true}}).to_string();
    let post = Post::new(Reach::Anywhere)?;
    for _ in 0..3 {
        kraken_fn_notifier::run(told.home.server()?.control(), &post, &event).await?;
    }
    told.home.pass(Duration::from_secs(120)).await?;
    assert_eq!((told.far.told().len(), told.answered(1).await?.attempts), (1, 1));
    told.end().await
}

/// Sends, and dies before it can write what was answered.
struct Dying {
    post: Post,
    sent: Arc<Notify>,
}

impl Sender for Dying {
    async fn send(&self, parcel: Parcel) -> Answer {
        let _never_written = self.post.send(parcel).await;
        self.sent.notify_one();
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_dies_between_sending_and_writing_has_it_sent_again_under_the_same_key() -> Result<()> {
    let told = Told::with([Reply::status(500)]).await?;
    assert_eq!(told.answered(1).await?.state, "owed");
    told.home.move_clock(11_000);
    let sent = Arc::new(Notify::new());
    let dying = Dying { post: Post::new(Reach::Anywhere)?, sent: Arc::clone(&sent) };
    let control: &Control = told.home.server()?.control();
    tokio::select! {
        made = control.send_notices(told.run, &dying) => anyhow::bail!("it did not die: {made:?}"),
        () = sent.notified() => {}
    }
    // As long as it may be alive, nobody else sends.
    told.home.tick().await?;
    assert_eq!(told.far.told().len(), 2);
    told.home.pass(Duration::from_secs(61)).await?;
    assert_eq!(told.answered(3).await?.state, "sent");
    let heard = told.far.told();
    assert_eq!((heard.len(), heard[1].header("x-kraken-delivery")), (3, heard[2].header("x-kraken-delivery")));
    told.end().await
}

/// Gets no answer where a path says so, and says when.
struct Hanging {
    post: Post,
    asked: Arc<Notify>,
}

impl Sender for Hanging {
    async fn send(&self, parcel: Parcel) -> Answer {
        if matches!(&parcel, Parcel::Http { request, .. } if request.url.ends_with("/hangs")) {
            self.asked.notify_one();
            return std::future::pending().await;
        }
        self.post.send(parcel).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_holds_up_nobody_else() -> Result<()> {
    let far = FarSide::start().await?;
    far.answers([Reply::status(500), Reply::status(500)]);
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let mut runs = Vec::new();
    for path in ["hangs", "answers"] {
        let stage = telling(&json!({"webhook": {"url": format!("{}/{path}", far.url()), "on": ["end"]}}));
        let branch = home.api().branch_with(path, &[("build", &stage)]).await?;
        let flow = home.api().completed(&home.api().start(&branch).await?).await?;
        runs.push(home.api().runs(&flow).await?.remove(0).id);
        far.hears(runs.len()).await?;
    }
    let state = async |run: &RunId| -> Result<Option<(String, u32)>> {
        let notices: Vec<NoticeView> = home.api().list(&format!("/api/runs/{run}/notices")).await?;
        Ok(notices.into_iter().next().map(|notice| (notice.state, notice.attempts)))
    };
    for run in &runs {
        eventually("the first attempt to be answered", async || {
            let notices: Vec<NoticeView> = home.api().list(&format!("/api/runs/{run}/notices")).await?;
            Ok(notices.iter().any(|notice| notice.answer.is_some()).then_some(()))
        })
        .await?;
    }
    home.move_clock(11_000);
    let asked = Arc::new(Notify::new());
    let sender = Hanging { post: Post::new(Reach::Anywhere)?, asked: Arc::clone(&asked) };
    let sent = eventually("the other one to be told", async || Ok(state(&runs[1]).await?.filter(|state| state.0 == "sent")));
    let told = tokio::select! {
        told = home.server()?.control().tick_notices(&sender) => anyhow::bail!("it does not wait for the one that hangs: {told:?}"),
        told = async { asked.notified().await; sent.await } => told?,
    };
    assert_eq!((told.1, state(&runs[0]).await?), (2, Some(("owed".to_owned(), 2))));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_status_does_not_follow_a_newer_one_that_was_refused() -> Result<()> {
    let far = FarSide::start().await?;
    far.answers([Reply::status(503), Reply::status(401)]);
    let mut home = Home::start().await?;
    let stage = telling(&json!({"gitea": {"credentials": "#{args.token}"}}));
    let branch = home.api().branch_with("demo", &[("build", &stage)]).await?;
    let flow = started_by_change(&home, &branch, &format!("{}/acme/pump.git", far.url()), "gitea-push").await?;
    far.hears(1).await?;
    let agent = home.agent().await?;
    far.hears(2).await?;
    let states = async |expected: [&str; 2]| {
        let what = format!("the statuses to be {expected:?}");
        eventually(&what, async || {
            let notices: Vec<NoticeView> = home.api().list(&format!("/api/runs/{}-1/notices", flow.id)).await?;
            let states: Vec<&str> = notices.iter().map(|notice| notice.state.as_str()).collect();
            Ok((states == expected).then_some(()))
        })
        .await
    };
    states(["owed", "refused"]).await?;
    home.pass(Duration::from_secs(11)).await?;
    states(["overtaken", "refused"]).await?;
    assert_eq!(far.told().len(), 2);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_busy_gets_the_mail_later() -> Result<()> {
    let mailbox = Mailbox::start().await?;
    mailbox.refuses("450 try later");
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let smtp = json!({"server": "127.0.0.1", "port": mailbox.port(), "security": "none", "from": "ci@kraken.example"});
    api.put::<SettingsView>("/api/settings", &json!({"smtp": smtp})).await?;
    let branch = api.branch_with("demo", &[("build", &telling(&json!({"email": "ada@example.com"})))]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let run = api.runs(&flow).await?.remove(0);
    let answered = async |attempts: u32| {
        eventually("the attempt to be answered", async || {
            let notices: Vec<Value> = api.list(&format!("/api/runs/{}/notices", run.id)).await?;
            Ok(notices.into_iter().find(|notice| notice["attempts"] == attempts && notice["answer"].is_string()))
        })
        .await
    };
    let first = answered(1).await?;
    assert!(first["state"] == "owed" && first["answer"].to_string().contains("450"), "{first}");
    home.pass(Duration::from_secs(11)).await?;
    assert_eq!(answered(2).await?["state"], "sent");
    mailbox.receives(1).await?;
    home.end([agent]).await
}
