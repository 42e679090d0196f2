//! What is done on the deployment for the proof. Each errand makes what it needs anew: the one before it may have been left in the middle.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::{FarSide, GitRepo, GitServer, HandAgent, Manners, code, wait_until};
use kraken_protocol::api::{AgentView, FlowView, JobView, LogLines, ProjectView};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::needs::Errand;
use crate::{
    aws::Aws,
    faults::messages::{set_rest, url},
    places::{message_to, tick},
    story::Story,
};

/// Queues whose messages would rest for minutes after a function failed.
const QUEUES: [&str; 2] = ["kraken-results.fifo", "kraken-scheduler.fifo"];
/// From when a stage is saved until its time comes: longer than saving takes.
const SOON: Duration = Duration::from_secs(3);

/// The deployment, as the proof uses it.
pub(super) struct World {
    story: Story,
    account: Aws,
    /// How long messages rested, by queue.
    rests: Vec<(String, String)>,
    /// What feeds the function `results`.
    mapping: String,
    /// A job that is over.
    done: JobView,
    /// Numbers projects and groups.
    made: usize,
}

impl World {
    pub(super) async fn begin(mut story: Story, account: Aws) -> Result<Self> {
        let mut rests = Vec::new();
        for queue in QUEUES {
            let queue = url(&account, queue).await?;
            let rest = set_rest(&account, &queue, "1").await?;
            rests.push((queue, rest));
        }
        let agent = story.agent().await?;
        let branch = story.branch(&[("build", story.shell("echo said"))]).await?;
        let done = story.api.run_one(&branch).await?;
        drop(agent);
        let mapping = account.mapping_of("results").await?;
        Ok(Self { story, account, rests, mapping, done, made: 0 })
    }

    pub(super) async fn end(self) -> Result<()> {
        self.account.enable_mapping(&self.mapping, true).await?;
        for (queue, rest) in self.rests {
            set_rest(&self.account, &queue, &rest).await?;
        }
        Ok(())
    }

    /// Does it. An error is what the errand met, which is what the proof waits for.
    pub(super) async fn run(&mut self, errand: Errand) -> Result<()> {
        let api = self.story.api.clone();
        let by_the_clock = matches!(errand, Errand::FlowByTheClock | Errand::LonelyStageByTheClock | Errand::FreshStageByTheClock);
        // What the planner wakes would often do its work before it does so itself.
        let alone = by_the_clock || matches!(errand, Errand::Plan | Errand::LonelyPlan | Errand::PlanChild);
        self.account.enable_mapping(&self.mapping, !alone).await?;
        match errand {
            Errand::List => api.list::<ProjectView>("/api/projects").await.map(drop),
            Errand::MakeGroup => self.group().await.map(drop),
            Errand::Enrol => self.agent().await.map(drop),
            Errand::OpenSession => self.agent().await?.session().await.map(drop),
            Errand::Listen => {
                let session = self.agent().await?.session().await?;
                Aws::agent(&session)?.queue("ReceiveMessage", &json!({"QueueUrl": session.queue_url})).await?.text().map(drop)
            }
            Errand::Store => {
                let session = self.agent().await?.session().await?;
                let key = format!("{}jobs/proof/note.txt", session.prefix);
                Aws::agent(&session)?.object(Method::PUT, &session.bucket, &key, b"note").await?.text().map(drop)
            }
            Errand::Flow | Errand::FlowByTheClock => self.flow(by_the_clock).await,
            Errand::LonelyStage | Errand::LonelyStageByTheClock => self.lonely_stage(by_the_clock).await,
            Errand::FreshStage | Errand::FreshStageByTheClock => self.fresh_stage(by_the_clock).await,
            Errand::Plan | Errand::LonelyPlan | Errand::PlanChild => self.plan(errand).await,
            Errand::Assign => self.assign().await,
            Errand::Cancel => self.cancel().await,
            Errand::ReadLog => {
                let log: LogLines = api.get(&format!("/api/jobs/{}/log", self.done.id)).await?;
                ensure!(log.lines.len() == 1, "{log:?}");
                Ok(())
            }
            Errand::FindLogs => api.get::<Value>("/api/logs?limit=1").await.map(drop),
            Errand::Diagnose => api.get::<Value>("/api/diagnostics").await.map(drop),
            Errand::IndexLog => self.index_log().await,
            Errand::ExportObjects => api.get::<Value>("/api/export/objects").await.map(drop),
            Errand::ExportRecords => api.get::<Value>("/api/export/records").await.map(drop),
            Errand::Import => self.import().await,
            Errand::Silence => self.silence().await,
            Errand::SetSecret => self.set_secret().await,
            Errand::Notify => self.notify().await,
            Errand::Retain => self.retain().await,
        }
    }

    /// Sends away who was there for the errands so far.
    pub(super) async fn tidy(&mut self) -> Result<()> {
        self.story.dismiss().await
    }

    fn next(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.story.name(), self.made)
    }

    /// A new agents group; the story's own jobs are for its own, so that nobody else takes them.
    async fn group(&mut self) -> Result<String> {
        let name = self.next();
        self.story.api.post::<Value>("/api/groups", &json!({"name": name})).await?;
        self.story.use_group(&name);
        Ok(name)
    }

    /// A new agent in a new group, idle.
    async fn agent(&mut self) -> Result<HandAgent> {
        self.group().await?;
        self.story.agent_by_hand().await
    }

    /// Starts a flow of two stages for the newest group.
    async fn start(&mut self) -> Result<FlowView> {
        let project = self.next();
        let steps = [json!({"tool": "shell", "cmd": format!("echo {project}")})];
        let build = self.story.stage(&steps);
        let check = self.story.child("build", &steps);
        let branch = self.story.api.branch_with(&project, &[("build", &build), ("check", &check)]).await?;
        self.story.api.start(&branch).await
    }

    async fn flow(&mut self, by_the_clock: bool) -> Result<()> {
        let agent = self.agent().await?;
        let flow = self.start().await?;
        for _ in 0..2 {
            wait_until("a promised job", async || {
                if by_the_clock {
                    tick(&self.account).await?;
                }
                Ok(agent.beat(None).await?.claim)
            })
            .await?;
            let order = agent.claim().await?.context("a promised job can be claimed")?;
            agent.finish(&order, Outcome::Ok).await?;
        }
        wait_until("the flow to be completed", async || {
            if by_the_clock {
                tick(&self.account).await?;
            }
            let flow = self.story.api.flow(&flow).await?;
            Ok(flow.state == "completed" && flow.runs.iter().flatten().all(|run| run.state == "processed"))
        })
        .await?;
        // Only now the bus is told.
        if by_the_clock {
            tick(&self.account).await?;
        } else {
            let run = self.story.api.runs(&flow).await?.pop().context("a flow has runs")?;
            self.account.invoke("results", &message_to(&run.id.to_string())).await?;
        }
        Ok(())
    }

    /// A flow whose second stage is for agents that are not there: its job waits, and the scheduler is told.
    async fn lonely_stage(&mut self, by_the_clock: bool) -> Result<()> {
        let agent = self.agent().await?;
        let steps = [json!({"tool": "shell", "cmd": "true"})];
        let build = self.story.stage(&steps);
        self.group().await?;
        let (check, project) = (self.story.child("build", &steps), self.next());
        let branch = self.story.api.branch_with(&project, &[("build", &build), ("check", &check)]).await?;
        let flow = self.story.api.start(&branch).await?;
        let order = agent.take().await?;
        agent.finish(&order, Outcome::Ok).await?;
        wait_until("a job that waits", async || {
            if by_the_clock {
                tick(&self.account).await?;
            }
            Ok(self.story.api.all_jobs(&flow).await?.len() == 2)
        })
        .await
    }

    /// A flow whose second stage is looked at in its repository, where there is a newer version: it may only name groups that are there.
    async fn fresh_stage(&mut self, by_the_clock: bool) -> Result<()> {
        let agent = self.agent().await?;
        let (steps, project) = ([json!({"tool": "shell", "cmd": "true"})], self.next());
        let (build, check) = (self.story.stage(&steps), self.story.child("build", &steps));
        let name = format!("{project}.git");
        let repo = GitRepo::create(self.story.dir(), &name);
        repo.write("check.star", &check).commit("one");
        repo.push("main");
        let server = GitServer::start(self.story.dir(), Manners::default()).await;
        let branch = self.story.api.branch_with(&project, &[("build", &build)]).await?;
        let source = json!({"url": server.url(&name), "branch": "main", "file": "check.star", "refresh_s": 600, "refresh_on_run": true});
        let stage = json!({"name": "check", "source": source});
        self.story.api.post::<Value>(&format!("/api/branches/{branch}/stages/from-repo"), &stage).await?;
        repo.write("check.star", &format!("# newer\n{check}")).commit("two");
        repo.push("main");
        let flow = self.story.api.start(&branch).await?;
        let order = agent.take().await?;
        agent.finish(&order, Outcome::Ok).await?;
        wait_until("the job of the second stage", async || {
            if by_the_clock {
                tick(&self.account).await?;
            }
            Ok(self.story.api.all_jobs(&flow).await?.len() == 2)
        })
        .await
    }

    /// A stage whose time has come when the planner looks.
    async fn plan(&mut self, errand: Errand) -> Result<()> {
        match errand {
            Errand::Plan => drop(self.agent().await?),
            _ => drop(self.group().await?),
        }
        let project = self.next();
        let steps = [json!({"tool": "shell", "cmd": format!("echo {project}")})];
        let build = self.story.stage(&steps);
        let branch = self.story.api.branch_with(&project, &[("build", &build)]).await?;
        let before = if errand == Errand::PlanChild { Some(self.story.api.start(&branch).await?) } else { None };
        let due = kraken_domain::Timestamp::now().checked_add(SOON)?;
        let parent = if before.is_some() { "build" } else { "root" };
        let late = self.story.triggered(parent, &json!({"parent": false, "date": due.to_string()}), &steps);
        self.story.api.add_stage(&branch, "late", &late).await?;
        wait_until("a stage to start when its time has come", async || {
            self.account.invoke("planner", &json!({})).await?;
            let flows: Vec<FlowView> = self.story.api.list(&format!("/api/branches/{branch}/flows")).await?;
            let Some(flow) = flows.first() else { return Ok(false) };
            Ok(self.story.api.runs(flow).await?.iter().any(|run| run.stage_name == "late"))
        })
        .await
    }

    async fn assign(&mut self) -> Result<()> {
        self.group().await?;
        self.start().await?;
        let agent = self.story.agent_by_hand().await?;
        wait_until("a promised job", async || {
            self.account.invoke("scheduler", &message_to("queue")).await?;
            Ok(agent.beat(None).await?.claim)
        })
        .await?;
        let order = agent.claim().await?.context("a promised job can be claimed")?;
        agent.finish(&order, Outcome::Ok).await
    }

    async fn cancel(&mut self) -> Result<()> {
        let agent = self.agent().await?;
        self.start().await?;
        let order = agent.take().await?;
        self.story.api.post::<Value>(&format!("/api/jobs/{}/cancel", order.job), &json!({})).await?;
        agent.finish(&order, Outcome::Cancelled).await
    }

    /// An agent of which nothing was heard for long: its sign of life says so, as if the time had passed.
    async fn silence(&mut self) -> Result<()> {
        let agent = self.agent().await?;
        let table = &self.story.place.deployment().context("a deployment")?.facts.table;
        let key = json!({"pk": {"S": format!("AGENT#{}", agent.id)}, "sk": {"S": "SEEN"}});
        let read = self.account.table("GetItem", &json!({"TableName": table, "Key": key})).await?.text()?;
        let mut item = serde_json::from_str::<Value>(&read)?["Item"].take();
        let mut sign: Value = serde_json::from_str(item["doc"]["S"].as_str().context("a sign of life has a document")?)?;
        sign["silent_at"] = sign["at"].clone();
        item["doc"]["S"] = json!(sign.to_string());
        item["due"]["N"] = json!("1");
        self.account.table("PutItem", &json!({"TableName": table, "Item": item})).await?.text()?;
        wait_until("a silent agent to be offline", async || {
            tick(&self.account).await?;
            let path = format!("/api/agents/{}", agent.id);
            Ok(self.story.api.get::<AgentView>(&path).await?.state == "offline")
        })
        .await
    }

    /// A flow that is being removed, with an object that its job stored.
    async fn retain(&mut self) -> Result<()> {
        let agent = self.agent().await?;
        let (steps, project) = ([json!({"tool": "shell", "cmd": "true"})], self.next());
        let build = self.story.stage(&steps);
        let branch = self.story.api.branch_with(&project, &[("build", &build)]).await?;
        let flow = self.story.api.start(&branch).await?;
        let (order, session) = (agent.take().await?, agent.session().await?);
        let key = format!("{}jobs/{}/{}/part-1.gz", session.prefix, order.job, order.generation.0);
        Aws::agent(&session)?.object(Method::PUT, &session.bucket, &key, b"line").await?.text()?;
        agent.finish(&order, Outcome::Ok).await?;
        self.story.api.completed(&flow).await?;
        let deployment = self.story.place.deployment().context("a deployment")?;
        let table = &deployment.facts.table;
        let key = json!({"pk": {"S": format!("FLOW#{}", flow.id)}, "sk": {"S": "FLOW"}});
        let read = self.account.table("GetItem", &json!({"TableName": table, "Key": key})).await?.text()?;
        let mut item = serde_json::from_str::<Value>(&read)?["Item"].take();
        let mut record: Value = serde_json::from_str(item["doc"]["S"].as_str().context("a flow has a document")?)?;
        record["retention"] = json!({"going_since": "2026-01-01T00:00:00Z"});
        item["doc"]["S"] = json!(record.to_string());
        (item["todo"], item["due"]) = (json!({"S": "retention"}), json!({"N": "1"}));
        self.account.table("PutItem", &json!({"TableName": table, "Item": item})).await?.text()?;
        wait_until("a flow that is past its time to be gone", async || {
            // One that looked a moment ago rests.
            for instance in deployment.instances("watchdog") {
                let _gone = kill(Pid::from_raw(i32::try_from(instance.pid)?), Signal::SIGKILL);
            }
            // The tick may have met one that was just killed.
            let _met = tick(&self.account).await;
            let read = self.account.table("GetItem", &json!({"TableName": table, "Key": key})).await?.text()?;
            Ok(serde_json::from_str::<Value>(&read)?["Item"].is_null())
        })
        .await
    }

    /// Slack is told that a run started, by what the bus says and by the clock.
    async fn notify(&mut self) -> Result<()> {
        let slack = FarSide::start().await?;
        let settings = json!({"slack": {"api": slack.url(), "token": "xoxb-proof"}});
        self.story.api.put::<Value>("/api/settings", &settings).await?;
        self.group().await?;
        let project = self.next();
        let job = self.story.job("job", &[json!({"tool": "shell", "cmd": format!("echo {project}")})]);
        let told = json!({"slack": {"channel": "proof", "on": ["start"]}});
        let build = code(&json!({"parent": "root", "jobs": [job], "notification": told}));
        let branch = self.story.api.branch_with(&project, &[("build", &build)]).await?;
        let flow = self.story.api.start(&branch).await?;
        let run = self.story.api.runs(&flow).await?.pop().context("a flow has runs")?;
        let event = json!({"id": "proof", "detail-type": "run.started", "detail": {"run": run.id, "notices": true}});
        wait_until("Slack to be told", async || {
            self.account.invoke("notifier", &message_to("notices")).await?;
            self.account.invoke("notifier", &message_to(&event.to_string())).await?;
            Ok(!slack.told().is_empty())
        })
        .await
    }

    /// What a function has read of the key it keeps as long as it lives: one that begins anew asks for it.
    async fn set_secret(&mut self) -> Result<()> {
        for instance in self.story.place.deployment().context("a deployment")?.instances("api") {
            // Gone already, it needs no killing.
            let _gone = kill(Pid::from_raw(i32::try_from(instance.pid)?), Signal::SIGKILL);
        }
        let project = self.next();
        let path = format!("/api/projects/{project}/secrets/token");
        let api = self.story.api.clone();
        wait_until("a project", async || Ok(api.post::<Value>("/api/projects", &json!({"name": project})).await.is_ok())).await?;
        api.put::<Value>(&path, &json!({"kind": "simple", "value": "nobody knows"})).await.map(drop)
    }

    /// The bucket tells once more of a log that is there.
    async fn index_log(&self) -> Result<()> {
        let agent = self.done.agent.context("an agent ran it")?;
        let key = format!("agents/{agent}/jobs/{}/1/log.gz", self.done.id);
        let news = json!({"Records": [{
            "eventName": "ObjectCreated:Put", "eventTime": kraken_domain::Timestamp::now(), "s3": {"object": {"key": key}},
        }]});
        let answer = self.account.invoke("indexer", &news).await?;
        ensure!(answer.is_null(), "{answer}");
        Ok(())
    }

    /// A record comes back to where it is, as if an import had been begun.
    async fn import(&mut self) -> Result<()> {
        let table = &self.story.place.deployment().context("a deployment")?.facts.table;
        let key = json!({"pk": {"S": "SYSTEM"}, "sk": {"S": "IMPORTING"}});
        let begun = json!({"guard": "importing", "since": "2026-01-01T00:00:00Z"}).to_string();
        let mut item = key.clone();
        item["doc"] = json!({"S": begun});
        item["version"] = json!({"N": "1"});
        let page: Value = self.story.api.get("/api/export/records").await?;
        let record = page["items"].as_array().and_then(|items| items.first()).context("there are records")?;
        self.account.table("PutItem", &json!({"TableName": table, "Item": item})).await?.text()?;
        let taken = self.story.api.request(Method::POST, "/api/import/records").json(&json!({"items": [record]})).send().await?;
        self.account.table("DeleteItem", &json!({"TableName": table, "Key": key})).await?.text()?;
        ensure!(taken.status() == StatusCode::NO_CONTENT, "{}", taken.text().await?);
        Ok(())
    }
}
