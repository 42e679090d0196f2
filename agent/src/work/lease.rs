//! Keeps a held job's lease alive, and hears through it whether the job shall stop.
//!
//! Invariant: when this agent can no longer be sure that it holds the job, the job is told to stop: a whole lease without a renewal
//! that got through, counted from the moment the last one was *sent*.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use kraken_domain::{JobId, job::Generation, step::Step};
use kraken_protocol::agent::{HeartbeatRequest, Intervals, JobProgress};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout_at},
};

use super::decide::Cause;
use crate::{
    api::{Api, ApiError, Retry, luck},
    notify::ServiceManager,
};

/// News of steps wait so long for more, so that many short steps are few calls, and the last one is none: the job's end tells of it.
const PROGRESS_APART: Duration = Duration::from_secs(2);

/// A held job's lease.
pub(super) struct Lease<'a> {
    pub(super) api: &'a Api,
    pub(super) manager: &'a ServiceManager,
    pub(super) installation: &'a str,
    pub(super) job: JobId,
    pub(super) generation: Generation,
    pub(super) intervals: Intervals,
    /// When the claim was sent.
    pub(super) held_since: Instant,
    pub(super) progress: watch::Receiver<Vec<Step>>,
    pub(super) news: watch::Receiver<u64>,
    pub(super) stop: &'a watch::Sender<Option<Cause>>,
    /// The end is being reported: the server may know already, and then a renewal is refused, rightly.
    pub(super) reporting: &'a AtomicBool,
}

impl Lease<'_> {
    /// Renews until dropped, or until the job is lost.
    pub(super) async fn keep(mut self) {
        let lease = Duration::from_secs(u64::from(self.intervals.lease_s.max(3)));
        let interval = (lease / 3).min(Duration::from_secs(u64::from(self.intervals.heartbeat_s.max(1))));
        let mut renewed = self.held_since;
        let mut failures = 0;
        let mut due = renewed + interval;
        loop {
            tokio::select! {
                () = sleep_until(due) => {}
                // Somebody may want the job to stop.
                Ok(()) = self.news.changed() => {}
                Ok(()) = self.progress.changed(), if due > Instant::now() + PROGRESS_APART => {
                    due = due.min(Instant::now() + PROGRESS_APART);
                    continue;
                }
            }
            let sent = Instant::now();
            match self.renew(renewed + lease).await {
                Ok(stop) => {
                    renewed = sent;
                    due = sent + interval;
                    failures = 0;
                    self.manager.alive();
                    if stop {
                        self.tell(Cause::Cancelled);
                    }
                }
                Err(Some(error)) if !error.is_passing() => {
                    if self.reporting.load(Ordering::Relaxed) {
                        return;
                    }
                    tracing::warn!(job.id = %self.job, %error, "the job is lost");
                    return self.tell(Cause::Stale);
                }
                Err(error) => {
                    if Instant::now() >= renewed + lease {
                        tracing::warn!(job.id = %self.job, ?error, "the lease ran out without a renewal");
                        return self.tell(Cause::LeaseLost);
                    }
                    due = (Instant::now() + Retry::FOR_EVER.pause(failures, luck())).min(renewed + lease);
                    failures += 1;
                }
            }
        }
    }

    /// Renews once. Says whether the job shall stop; `Err(None)` when the lease ended meanwhile.
    async fn renew(&mut self, lease_end: Instant) -> Result<bool, Option<ApiError>> {
        let steps = self.progress.borrow_and_update().clone();
        let progress = JobProgress { job: self.job, generation: self.generation, steps };
        let request = HeartbeatRequest { job: Some(progress), installation: self.installation.to_owned(), leaving: false };
        match timeout_at(lease_end, self.api.once(&request)).await {
            Ok(Ok(answer)) => Ok(answer.stop),
            Ok(Err(error)) => Err(Some(error)),
            Err(_) => Err(None),
        }
    }

    /// The first reason counts.
    fn tell(&self, cause: Cause) {
        self.stop.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(cause);
            first
        });
    }
}
