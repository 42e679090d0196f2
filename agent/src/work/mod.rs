//! The life of one held job: from the claim's answer to the moment when the server knows how it went and all it brought is stored.
//!
//! Two things go on at once: the lease is kept, and the job is driven ([`drive`]) by what is decided ([`decide`]). Nothing is reported
//! before the log is stored, and the crash marker stands from before the first step until after the report.

mod decide;
mod deliver;
mod drive;
mod follow;
mod lease;
mod named;
mod recover;
mod script;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use jiff::Timestamp;
use kraken_domain::{
    job::{Outcome, Verdict},
    place,
};
use kraken_protocol::agent::{AbandonRequest, HeartbeatRequest, Intervals, JobOrder, JobProgress};
use tokio::{
    sync::{oneshot, watch},
    time::Instant,
};

pub use self::decide::{Action, Cause, Decision, Event, Life};
pub(crate) use self::drive::Drive;
pub use self::recover::recover;
pub use self::script::{Ready, Script, StepRun};
use self::{
    deliver::{Ended, deliver, out_of_patience, report},
    follow::follow,
    lease::Lease,
};
use crate::{
    api::{Api, ApiError},
    artifacts::{ArtifactStore, RemoteStore},
    data::{DataStore, RemoteData},
    executor::{Executor, Job, JobPlace},
    identity::{Held, StateDir, StateError},
    log::{LogHandle, LogThread, LogWriter, Sink},
    notify::ServiceManager,
    own_log::OwnLog,
    session::Persistent,
    signals::Wish,
};

/// The executors that work on this host.
pub type Executors = BTreeMap<place::Executor, Executor>;

/// What every job of this agent is held with.
pub struct Desk {
    /// The server.
    pub api: Api,
    /// This agent's state.
    pub state: StateDir,
    /// What runs steps.
    pub executors: Executors,
    /// Whoever started the agent.
    pub manager: ServiceManager,
    /// The object store.
    pub store: Persistent,
    /// What the agent says.
    pub own_log: OwnLog,
}

/// A job that was just claimed, and who may want what of it.
pub struct Claim {
    /// The job.
    pub order: JobOrder,
    /// When the claim was sent.
    pub since: Instant,
    /// How often to do what.
    pub intervals: Intervals,
    /// Rings when there is news for this agent.
    pub news: watch::Receiver<u64>,
    /// What people want of the agent.
    pub wishes: watch::Receiver<Wish>,
    /// Whether another job may follow.
    pub more: bool,
}

/// Why the end of a job could not be reported. The job is over here all the same.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The server refused. What it has to do with the token ends the agent.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The state directory cannot be used. The agent must not take jobs.
    #[error(transparent)]
    State(#[from] StateError),
}

impl Desk {
    /// A sign of life, and of the work on a job.
    pub fn heartbeat(&self, job: Option<JobProgress>) -> HeartbeatRequest {
        HeartbeatRequest { job, installation: self.state.installation().to_owned(), leaving: false }
    }

    /// Makes ready for the next job what can be made ready ahead of it.
    pub fn warm_up(&self) {
        for executor in self.executors.values() {
            let Executor::Local(local) = executor;
            local.warm_up();
        }
    }
}

/// The agent's next job, which came with the answer to its last one's report.
pub struct Next {
    /// The job.
    pub order: Box<JobOrder>,
    /// When it was claimed, by this host's clock: its lease and its time count from then.
    pub since: Instant,
}

/// Holds a job to its end. Gives the next one if the server had one at hand.
///
/// # Errors
/// See [`HoldError`]. That the job was given to somebody else is none.
pub async fn hold(desk: &Desk, claim: Claim) -> Result<Option<Next>, HoldError> {
    let order = &claim.order;
    let mut held = Held {
        job: order.job,
        generation: order.generation,
        log_prefix: order.log_prefix.clone(),
        spool: desk.state.spool(&format!("{}-g{}", order.job, order.generation.0)),
        done: None,
    };
    // Without a marker a crash would leave the job unaccounted for: then it goes back at once.
    if let Err(error) = desk.state.hold(&held) {
        tracing::error!(job.id = %held.job, %error, "the job cannot begin");
        report(desk.api.call(&AbandonRequest { job: held.job, generation: held.generation, untouched: true }).await.map(drop))?;
        return Err(error.into());
    }
    tracing::debug!(job.id = %held.job, "the job is held");
    let (stop, stopping) = watch::channel(None);
    let (progress, steps) = watch::channel(Vec::new());
    let reporting = AtomicBool::new(false);
    let lease = Lease {
        api: &desk.api,
        manager: &desk.manager,
        installation: desk.state.installation(),
        job: held.job,
        generation: held.generation,
        intervals: claim.intervals,
        held_since: claim.since,
        progress: steps,
        news: claim.news.clone(),
        stop: &stop,
        reporting: &reporting,
    };
    let lease = async {
        lease.keep().await;
        // It is lost; the work sees to the rest.
        std::future::pending::<()>().await;
    };
    let heeding = heed_wishes(claim.wishes.clone(), &stop);
    let work = async {
        let ended = run(desk, &claim, &held, stopping, &progress).await;
        let more = claim.more && *claim.wishes.borrow() == Wish::Work;
        let ready_for_more = async {
            if more {
                desk.warm_up();
            }
        };
        // First the requests go out, then, while they are on their way, the next job's place is begun.
        let delivering = async { tokio::join!(deliver(desk, &mut held, ended, &reporting, more), ready_for_more).0 };
        tokio::select! {
            result = delivering => result,
            () = out_of_patience(claim.wishes.clone()) => {
                tracing::warn!(job.id = %order.job, "the end of the job cannot be reported now; the next start of this agent does it");
                Ok(None)
            }
        }
    };
    tokio::select! {
        result = work => result,
        () = lease => Ok(None),
        () = heeding => Ok(None),
    }
}

/// Turns the wish to cancel into a cause to stop.
async fn heed_wishes(mut wishes: watch::Receiver<Wish>, stop: &watch::Sender<Option<Cause>>) {
    // An error means that nobody can wish any more.
    if wishes.wait_for(|wish| *wish >= Wish::Cancel).await.is_ok() {
        stop.send_if_modified(|stop| stop.replace(Cause::Cancelled).is_none());
    }
    std::future::pending::<()>().await;
}

/// Runs the steps, with the newest lines of the log following into the store.
async fn run(
    desk: &Desk,
    claim: &Claim,
    held: &Held,
    stop: watch::Receiver<Option<Cause>>,
    progress: &watch::Sender<Vec<kraken_domain::step::Step>>,
) -> Ended {
    let order = &claim.order;
    let script = Script::new(order);
    desk.own_log.hide(script.redactor().fresh());
    let (log, log_thread) = start_log(&script, held);
    let artifacts: Arc<dyn ArtifactStore> = Arc::new(RemoteStore {
        api: desk.api.clone(),
        store: desk.store.clone(),
        job: order.job,
        generation: order.generation,
        prefix: order.artifact_prefix.clone(),
    });
    let data: Arc<dyn DataStore> = Arc::new(RemoteData::new(desk.api.clone(), order.job, order.generation));
    let secrets = script.redactor().fresh();
    let mut life = Life::new(script, order.timeout_s);
    let (driven, over) = oneshot::channel();
    let every = Duration::from_millis(u64::from(claim.intervals.log_flush_ms.max(50)));
    let following = follow(log.clone(), &desk.store, held, every, over);
    let driving = async {
        let rest = match desk.executors.get(&order.executor) {
            Some(executor) => {
                let until = claim.since + Duration::from_secs(u64::from(order.timeout_s));
                let place = JobPlace { system: order.system.clone() };
                let learnt = Vec::new();
                let drive =
                    Drive { executor, place, log, log_thread: &log_thread, artifacts, data, secrets, until, stop, progress, learnt };
                drive.run(&mut life).await
            }
            None => {
                let why = format!("this agent has no working {} executor", order.executor);
                let decision = life.on(Event::PlaceLost(why), Timestamp::now());
                for note in decision.notes {
                    log.note(note, Timestamp::now()).await;
                }
                None
            }
        };
        // Whoever follows may have stopped by itself.
        let _ = driven.send(());
        rest
    };
    let (rest, live) = tokio::join!(driving, following);
    tracing::debug!(job.id = %held.job, "nothing of the job runs any more");
    if let Some(job) = rest {
        tokio::spawn(close(job));
    }
    let (mut verdict, mut log) = (life.verdict(), None);
    match log_thread.end().await {
        Ok(snapshot) => log = Some(snapshot),
        Err(error) => verdict = Verdict::because(Outcome::ExecutorError, error.to_string()),
    }
    Ended { verdict, steps: life.steps(), stopped: life.stopped(), log, live }
}

fn start_log(script: &Script, held: &Held) -> (LogHandle, LogThread) {
    let spool = held.spool.clone();
    let open = move || -> io::Result<Box<dyn Sink>> { Ok(Box::new(LogWriter::create(&spool)?)) };
    LogHandle::start(script.redactor().fresh(), open)
}

/// Removes what is left of a job. Nobody waits for it; the next job has a folder of its own.
async fn close(job: Job) {
    if let Err(error) = job.close().await {
        tracing::error!(%error, "a job left something behind; a person has to look");
    }
}
