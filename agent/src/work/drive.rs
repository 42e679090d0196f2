//! Performs what [`Life`] decides: the one loop of a held job.
//!
//! It waits for the executor, for clocks, for wishes to stop and for files on their way, makes an event of whatever comes first, and does
//! the one thing that was decided. It returns when nothing of the job is running any more and all of its output is on its way to the log.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use jiff::Timestamp;
use kraken_domain::step::Step;
use kraken_protocol::tool::{self, Reply, Request};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::decide::{Action, Cause, Decision, Event, Life};
use crate::{
    artifacts::{self, ArtifactStore},
    data::{self, DataStore, Learnt},
    executor::{Executor, Job, JobPlace, Signal},
    log::{LogHandle, LogThread, Redactor},
};

/// A tool ends its step itself when its time is up; so much later the agent does.
const STEP_GRACE: Duration = Duration::from_secs(30);

/// More output than this is handed on before anything else is looked at.
const OUTPUT_BYTES: usize = 256 << 10;

/// What a job needs to be driven.
pub(crate) struct Drive<'a> {
    pub(crate) executor: &'a Executor,
    pub(crate) place: JobPlace,
    pub(crate) log: LogHandle,
    pub(crate) log_thread: &'a LogThread,
    pub(crate) artifacts: Arc<dyn ArtifactStore>,
    pub(crate) data: Arc<dyn DataStore>,
    /// What must not be kept as data.
    pub(crate) secrets: Redactor,
    /// When the job's time is up.
    pub(crate) until: Instant,
    /// Whether, and why, the job shall stop.
    pub(crate) stop: watch::Receiver<Option<Cause>>,
    /// Hears how the steps go.
    pub(crate) progress: &'a watch::Sender<Vec<Step>>,
    /// What steps found or left of user data, until it is told: later ones see it.
    pub(crate) learnt: Vec<Learnt>,
}

/// The answer to a tool, and what came with it of user data.
type Answered = (Reply, Option<Learnt>);

/// What is waited for besides the executor.
#[derive(Default)]
struct Clocks {
    pause: Option<Instant>,
    step: Option<Instant>,
    job: Option<Instant>,
}

impl Drive<'_> {
    /// Drives the job to its end. Gives back what is left to close: that may take long and nobody has to wait for it.
    pub(crate) async fn run(mut self, life: &mut Life) -> Option<Job> {
        let mut job = match self.executor.prepare(&self.place).await {
            Ok(job) => job,
            Err(error) => {
                let decision = life.on(Event::PlaceLost(error.to_string()), Timestamp::now());
                self.tell(life, &decision).await;
                return None;
            }
        };
        tracing::debug!("the job has its place");
        let mut clocks = Clocks { job: Some(self.until), ..Clocks::default() };
        let mut replies = FuturesUnordered::new();
        let mut output = BytesMut::new();
        let mut running = 0;
        let mut event = Event::Prepared;
        loop {
            for learnt in self.learnt.drain(..) {
                life.learn(learnt);
            }
            let decision = life.on(event, Timestamp::now());
            self.tell(life, &decision).await;
            match decision.action {
                Action::Wait => {}
                Action::Start(step) => {
                    running = step.index;
                    self.start(&mut job, *step, &mut clocks).await;
                }
                Action::Pause(pause) => clocks.pause = Some(Instant::now() + pause),
                Action::Cancel => {
                    clocks.step = None;
                    job.cancel();
                }
                Action::Conclude => break,
            }
            event = self.next_event(&mut job, &mut output, &mut replies, &mut clocks, running).await;
            if matches!(event, Event::StepFinished(_)) {
                clocks.step = None;
                // Nobody waits for them any more.
                replies = FuturesUnordered::new();
            }
        }
        self.end(job, output).await
    }

    /// Tells the log and the lease what was decided.
    async fn tell(&self, life: &Life, decision: &Decision) {
        for note in &decision.notes {
            self.log.note(note.as_str(), Timestamp::now()).await;
        }
        self.progress.send_replace(life.steps());
    }

    async fn start(&self, job: &mut Job, step: tool::Step, clocks: &mut Clocks) {
        if step.attempt <= 1 {
            self.log.begin_step(step.index, Timestamp::now()).await;
        }
        clocks.step = step.timeout_s.map(|seconds| Instant::now() + Duration::from_secs(seconds) + STEP_GRACE);
        tracing::debug!(step = step.index, attempt = step.attempt, "a step begins");
        job.start_step(step);
    }

    /// Waits for what happens next. Output and tools' wishes are dealt with on the way.
    async fn next_event(
        &mut self,
        job: &mut Job,
        output: &mut BytesMut,
        replies: &mut FuturesUnordered<BoxFuture<'static, Answered>>,
        clocks: &mut Clocks,
        running: u32,
    ) -> Event {
        loop {
            let signal = tokio::select! {
                signal = job.next(output) => signal,
                Some((reply, learnt)) = replies.next(), if !replies.is_empty() => {
                    self.learnt.extend(learnt);
                    job.reply(reply);
                    continue;
                }
                cause = stop_wanted(&mut self.stop) => return Event::Stop(cause),
                () = at(clocks.pause), if clocks.pause.is_some() => {
                    clocks.pause = None;
                    return Event::PauseOver;
                }
                () = at(clocks.step), if clocks.step.is_some() => {
                    clocks.step = None;
                    return Event::StepOvertime;
                }
                () = at(clocks.job), if clocks.job.is_some() => {
                    clocks.job = None;
                    return Event::JobTimeUp;
                }
            };
            match signal {
                Ok(Signal::Output) => {
                    self.log.output(output.split(), Timestamp::now()).await;
                    output.reserve(OUTPUT_BYTES);
                    if self.log_thread.has_failed() {
                        return Event::LogLost("the log cannot be kept: see the agent's own log".to_owned());
                    }
                }
                Ok(Signal::Event(said)) => self.heed(job, said, replies, running).await,
                Ok(Signal::Garbled { problem }) => tracing::warn!(step = running, problem, "a tool is not understood"),
                Ok(Signal::StepFinished { end, .. }) => {
                    tracing::debug!(step = running, retcode = end.retcode, "a step is over");
                    return Event::StepFinished(end);
                }
                Ok(Signal::Ended { .. }) => return Event::PlaceLost("the job's place ended by itself".to_owned()),
                Err(error) => return Event::PlaceLost(error.to_string()),
            }
        }
    }

    /// Does what a tool says or wants.
    async fn heed(&self, job: &Job, said: tool::Event, replies: &mut FuturesUnordered<BoxFuture<'static, Answered>>, running: u32) {
        match said {
            tool::Event::Log(line) => self.log.note(line.text, Timestamp::now()).await,
            tool::Event::Request(request) => {
                let Request { id, ask } = request;
                match data::Wish::of(ask) {
                    Ok(wish) if wish.keeps_a_secret(&self.secrets) => {
                        replies.push(Box::pin(std::future::ready((Reply { id, answer: data::refused() }, None))));
                    }
                    Ok(wish) => {
                        let store = Arc::clone(&self.data);
                        replies.push(Box::pin(async move {
                            let (answer, learnt) = data::answer(&*store, wish).await;
                            (Reply { id, answer }, learnt)
                        }));
                    }
                    Err(ask) => {
                        let (store, workspace) = (Arc::clone(&self.artifacts), Arc::clone(job.workspace()));
                        let request = Request { id, ask };
                        replies.push(Box::pin(async move { (artifacts::answer(&*store, &workspace, running, request).await, None) }));
                    }
                }
            }
            tool::Event::Started(_) | tool::Event::Finished(_) => {}
            tool::Event::TestsCollected { .. }
            | tool::Event::TestResults { .. }
            | tool::Event::Issues { .. }
            | tool::Event::Artifact(_)
            | tool::Event::Data(_)
            | tool::Event::Unknown => {
                tracing::warn!(step = running, "a tool said something that this agent does not take yet; it is left out");
            }
        }
    }

    /// Ends all that still runs and takes its last output.
    async fn end(self, mut job: Job, mut output: BytesMut) -> Option<Job> {
        job.end();
        loop {
            let signal = job.next(&mut output).await;
            if !output.is_empty() {
                self.log.output(output.split(), Timestamp::now()).await;
            }
            match signal {
                Ok(Signal::Ended { survivors }) => {
                    for survivor in survivors {
                        tracing::error!(process = survivor, "a process of the job could not be ended");
                        self.log.note(format!("kraken: could not be ended: {survivor}"), Timestamp::now()).await;
                    }
                    return Some(job);
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "the job's place is gone");
                    return None;
                }
            }
        }
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Waits for a wish to stop, which is told once.
async fn stop_wanted(stop: &mut watch::Receiver<Option<Cause>>) -> Cause {
    loop {
        if stop.changed().await.is_err() {
            // Whoever could want it is gone.
            std::future::pending::<()>().await;
        }
        if let Some(cause) = *stop.borrow_and_update() {
            return cause;
        }
    }
}
