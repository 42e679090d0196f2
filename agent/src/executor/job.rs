//! One job in its executor, seen from the agent.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use kraken_protocol::tool::supervisor::{Command, Report};
use kraken_protocol::tool::{Event, Finished, Reply, Step, VERSION};
use tokio::time::{Instant, sleep_until};

use super::ExecutorError;
use super::link::{Link, Read};
use super::workspace::Workspace;

/// What happened to a job.
#[derive(Debug, PartialEq)]
pub enum Signal {
    /// Bytes of the job's output were appended to the buffer.
    Output,
    /// The running step's tool said something. Never [`Event::Finished`].
    Event(Event),
    /// The tool, or the supervisor, said something that is not understood. For the agent's own log.
    Garbled {
        /// What is wrong, with the beginning of what was said.
        problem: String,
    },
    /// The step is over. All that its processes wrote before is in the buffer.
    StepFinished {
        /// Which.
        index: u32,
        /// How.
        end: Finished,
    },
    /// Nothing of the job is running any more, but for `survivors`. The last signal; what follows is [`Job::close`].
    Ended {
        /// Processes that could not be ended, in words.
        survivors: Vec<String>,
    },
}

/// A job in its place. Dropped, it ends as if the agent had died: everything is killed and removed, unseen.
#[derive(Debug)]
pub struct Job {
    link: Link,
    workspace: Arc<Workspace>,
    grace: Duration,
    patience: Duration,
    /// Read and not yet told. Told only when the output that came before is.
    told_after_output: Option<(Signal, usize)>,
    queued: VecDeque<Report>,
    /// When the supervisor must have answered the last order to stop.
    answer_due: Option<Instant>,
    removed: Option<Option<String>>,
    ended: bool,
}

impl Job {
    pub(super) fn new(link: Link, workspace: Workspace, grace: Duration, patience: Duration) -> Self {
        Self {
            link,
            workspace: Arc::new(workspace),
            grace,
            patience,
            told_after_output: None,
            queued: VecDeque::new(),
            answer_due: None,
            removed: None,
            ended: false,
        }
    }

    /// The job's folder. Files may go to and from it while the job is driven.
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// Process id of the job's supervisor on this host, while it runs.
    pub fn supervisor_id(&self) -> Option<u32> {
        self.link.supervisor_id()
    }

    /// Has a step run. One at a time: the next after [`Signal::StepFinished`].
    pub fn start_step(&mut self, mut step: Step) {
        step.version = VERSION;
        if step.workspace.is_empty() {
            step.workspace = self.workspace.path_inside().to_owned();
        }
        self.order(&Command::Step(Box::new(step)));
    }

    /// Answers the running step's tool.
    pub fn reply(&mut self, reply: Reply) {
        self.order(&Command::Reply(reply));
    }

    /// Ends everything that runs: TERM, grace, KILL. A running step finishes as cancelled; later ones do at once.
    pub fn cancel(&mut self) {
        self.order(&Command::Cancel { grace_ms: millis(self.grace) });
        self.answer_due.get_or_insert(Instant::now() + self.grace + self.patience);
    }

    /// The job is over: ends what still runs (background steps, forgotten daemons). Go on with [`Self::next`] until [`Signal::Ended`].
    pub fn end(&mut self) {
        self.order(&Command::End { grace_ms: millis(self.grace) });
        self.answer_due = Some(Instant::now() + self.grace + self.patience);
    }

    fn order(&mut self, command: &Command) {
        self.link.send(command);
    }

    /// Waits for what happens next. May be dropped and called again without losing anything. The buffer only grows: empty it.
    ///
    /// # Errors
    /// The supervisor is gone or does not answer; all it ran was ended first. The job cannot go on.
    pub async fn next(&mut self, output: &mut BytesMut) -> Result<Signal, ExecutorError> {
        loop {
            if let Some(signal) = self.tell_after_output(output) {
                return Ok(signal);
            }
            if let Some(report) = self.queued.pop_front() {
                if let Some(signal) = self.take(report) {
                    return Ok(signal);
                }
                continue;
            }
            let due = self.answer_due;
            let overdue = async move {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            let read = tokio::select! {
                read = self.link.read(output) => read,
                () = overdue => {
                    return Err(self.link.lost(Some("it does not answer")).await);
                }
            };
            match read {
                Read::Output => return Ok(Signal::Output),
                Read::Report(report) => self.queued.push_back(report),
                Read::Garbled(problem) => return Ok(Signal::Garbled { problem }),
                Read::End => return Err(self.link.lost(None).await),
            }
        }
    }

    /// What was written before a step's end was reported is in the pipe now, so at most a pipe's capacity has to be read before the
    /// report may be told. A background process that goes on writing cannot hold it up for longer than that.
    fn tell_after_output(&mut self, output: &mut BytesMut) -> Option<Signal> {
        let (_, left) = self.told_after_output.as_mut()?;
        let read = if *left == 0 { 0 } else { self.link.read_now(output) };
        if read > 0 {
            *left = left.saturating_sub(read);
            return Some(Signal::Output);
        }
        self.told_after_output.take().map(|(signal, _)| signal)
    }

    fn take(&mut self, report: Report) -> Option<Signal> {
        let signal = match report {
            Report::Ready { cgroup } => {
                tracing::debug!(cgroup, "the job's supervisor is ready");
                return None;
            }
            Report::Event { said } => return Some(Signal::Event(*said)),
            Report::Garbled { problem } => return Some(Signal::Garbled { problem }),
            Report::StepExited { index, end } => Signal::StepFinished { index, end },
            Report::Ended { survivors } => {
                self.ended = true;
                self.answer_due = None;
                Signal::Ended { survivors }
            }
            Report::Removed { problem } => {
                self.removed = Some(problem);
                return None;
            }
            Report::Unknown => return None,
        };
        if !self.ended && matches!(signal, Signal::StepFinished { .. }) {
            self.answer_due = None;
        }
        self.told_after_output = Some((signal, self.link.output_capacity()));
        None
    }

    /// After [`Signal::Ended`]: waits until the workspace is gone and the supervisor too. Can take long for a big workspace; nothing else
    /// has to wait for it.
    ///
    /// # Errors
    /// Something is left; a person has to look.
    pub async fn close(mut self) -> Result<(), ExecutorError> {
        let mut rest = BytesMut::new();
        while self.removed.is_none() {
            if let Some(report) = self.queued.pop_front() {
                let _told = self.take(report);
                continue;
            }
            match self.link.read(&mut rest).await {
                Read::Output => rest.clear(),
                Read::Report(report) => self.queued.push_back(report),
                Read::Garbled(problem) => tracing::warn!(problem, "the job's supervisor is not understood"),
                Read::End => return Err(self.link.lost(None).await),
            }
        }
        self.link.close().await;
        match self.removed.flatten() {
            None => Ok(()),
            Some(problem) => Err(ExecutorError::LeftBehind { problems: vec![problem] }),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
