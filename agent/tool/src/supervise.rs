//! `kraken-tool supervise`: runs the steps of one job one after the other and leaves nothing behind.
//!
//! It lives exactly as long as its standard input: when that ends, however the agent died, it ends everything that came from the job and
//! removes the job's control group and folder. It is the parent of every orphan of the job, so "no child left" means "nothing left".
//! Signals that people and service managers send to whole groups do not reach it; it is in a session of its own.

mod cgroup;
pub(crate) mod cleaning;
mod quota;
mod reports;
mod running;

use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use kraken_protocol::tool::supervisor::{Command, Prepare, Report};
use kraken_protocol::tool::{Finished, LINE_BYTES_MAX, MARK_VAR, Reason, Step};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

pub(crate) use self::cgroup::Cgroup;
use self::quota::Quota;
use self::reports::Reports;
use self::running::{EventsSlot, Running, Tool};
use crate::process::children::{Children, ignore_no_signal};
use crate::process::ending::end;
use crate::process::lines::{Fill, Line, Lines};
use crate::process::tree;
use crate::process::wait::{Until, until};

/// Between TERM and KILL for a step whose tool did not end it in time.
const GRACE_AFTER_TIMEOUT: Duration = Duration::from_secs(1);

/// The mode's main function.
pub fn main() -> ExitCode {
    match Supervisor::new() {
        Ok(supervisor) => supervisor.live(),
        Err(error) => {
            eprintln!("kraken-tool supervise: {error}");
            ExitCode::from(2)
        }
    }
}

struct Supervisor {
    children: Children,
    commands: Lines,
    reports: Reports,
    events: EventsSlot,
    prepared: Prepare,
    cgroup: Option<Cgroup>,
    quota: Option<Quota>,
    /// Started ahead of the first step, so that the step doesn't wait for it.
    spare: Option<Tool>,
    step: Option<Running>,
    cancelled: bool,
}

/// What the agent wants done after one turn.
enum Next {
    GoOn,
    /// The job is over, or the agent is gone.
    End(Duration),
}

impl Supervisor {
    fn new() -> io::Result<Self> {
        ignore_no_signal();
        inherit_nothing_else();
        let events = EventsSlot::reserve()?;
        let reports = Reports::open()?;
        let children = Children::adopt(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT])?;
        // Fails where it already leads a session.
        let _leads = nix::unistd::setsid();
        std::env::set_current_dir("/")?;
        Ok(Self {
            children,
            commands: Lines::default(),
            reports,
            events,
            prepared: Prepare::default(),
            cgroup: None,
            quota: None,
            spare: None,
            step: None,
            cancelled: false,
        })
    }

    fn live(mut self) -> ExitCode {
        loop {
            if let Next::End(grace) = self.turn() {
                return self.finish(grace);
            }
        }
    }

    /// Waits for something to happen and deals with it.
    fn turn(&mut self) -> Next {
        let input = io::stdin();
        let step = self.step.as_ref();
        let [commands, children, events, room, quota] = until(
            [
                Some(Until::Readable(input.as_fd())),
                Some(Until::Readable(self.children.changed())),
                step.and_then(Running::events).map(Until::Readable),
                step.and_then(Running::input).map(Until::Writable),
                self.quota.as_ref().map(|quota| Until::Readable(quota.alarm())),
            ],
            step.and_then(Running::deadline),
        );
        if let Some(step) = &mut self.step {
            if events {
                step.forward(&mut self.reports);
            }
            if room {
                step.feed();
            }
        }
        if children {
            self.children.reap();
        }
        self.look_at_step();
        if quota {
            self.over_quota();
        }
        if commands { self.take_commands(&input) } else { Next::GoOn }
    }

    fn take_commands(&mut self, input: &io::Stdin) -> Next {
        let gone = Next::End(Duration::from_millis(self.prepared.grace_ms));
        if !matches!(self.commands.fill(input), Ok(Fill::Some | Fill::Empty)) || self.reports.agent_is_gone() {
            return gone;
        }
        // No limit worth the name: what the agent sends is one step, or an answer that it was asked for.
        while let Some(line) = self.commands.next(16 * LINE_BYTES_MAX) {
            let Line::Whole(line) = line else { return gone };
            match serde_json::from_slice(line) {
                Ok(Command::Prepare(prepare)) => self.prepare(prepare),
                Ok(Command::Step(step)) => self.start(&step),
                Ok(Command::Reply(reply)) => {
                    if let Some(step) = &mut self.step {
                        step.answer(&reply);
                    }
                }
                Ok(Command::Cancel { grace_ms }) => self.cancel(Duration::from_millis(grace_ms)),
                Ok(Command::End { grace_ms }) => return Next::End(Duration::from_millis(grace_ms)),
                Ok(Command::Unknown) => {}
                // Text of the command may be secret; where it is wrong is not.
                Err(error) => self.reports.send(&Report::Garbled { problem: format!("a command, at column {}", error.column()) }),
            }
        }
        Next::GoOn
    }

    fn prepare(&mut self, prepare: Prepare) {
        if prepare.cgroup {
            let mark = std::env::var(MARK_VAR).unwrap_or_else(|_| std::process::id().to_string());
            self.cgroup = Cgroup::enter_new(&Cgroup::name(&mark));
        }
        self.prepared = prepare;
        self.spare = Tool::start(&mut self.events, &mut self.children).ok();
        self.reports.send(&Report::Ready { cgroup: self.cgroup.as_ref().map(|cgroup| cgroup.folder().display().to_string()) });
    }

    fn start(&mut self, step: &Step) {
        let refused = |reason, message: &str| Finished { retcode: 1, reason, message: message.into() };
        let end = if self.cancelled {
            refused(Reason::Cancelled, "cancelled")
        } else if self.step.is_some() {
            refused(Reason::ExecutorError, "another step is running")
        } else {
            match self.tool().and_then(|(tool, older)| Running::start(step, tool, older)) {
                Ok(running) => {
                    self.step = Some(running);
                    self.watch_quota(false);
                    return;
                }
                Err(error) => refused(Reason::ExecutorError, &format!("cannot start the tool: {error}")),
            }
        };
        self.reports.send(&Report::StepExited { index: step.index, end });
    }

    /// A tool, and what earlier steps left running.
    fn tool(&mut self) -> io::Result<(Tool, Vec<Pid>)> {
        if let Some(spare) = self.spare.take().filter(|spare| spare.is_alive(&mut self.children)) {
            return Ok((spare, Vec::new()));
        }
        let older = if self.children.reap() { tree::children(Pid::this()) } else { Vec::new() };
        Ok((Tool::start(&mut self.events, &mut self.children)?, older))
    }

    /// Ends the step when its tool is gone, or should be.
    fn look_at_step(&mut self) {
        let Some(step) = &mut self.step else { return };
        if step.deadline().is_some_and(|deadline| Instant::now() >= deadline) {
            step.time_is_up();
            let survivors = end(&mut self.children, step.older_processes(), GRACE_AFTER_TIMEOUT, || {});
            step.note_survivors(&survivors);
        }
        if let Some(exit) = self.children.take_exit(step.pid()) {
            let report = step.exited(exit, &mut self.reports);
            self.step = None;
            self.reports.send(&report);
        }
    }

    fn cancel(&mut self, grace: Duration) {
        self.cancelled = true;
        self.end_all(grace, Finished { retcode: 1, reason: Reason::Cancelled, message: "cancelled".into() });
    }

    fn watch_quota(&mut self, is_full: bool) {
        if let Some(limit) = self.prepared.workspace_max_bytes.filter(|_| self.quota.is_none()) {
            self.quota = Quota::watch(PathBuf::from(&self.prepared.workspace), limit, is_full).ok();
        }
    }

    fn over_quota(&mut self) {
        let Some(used) = self.quota.take().and_then(|mut quota| quota.used()) else { return };
        let limit = self.prepared.workspace_max_bytes.unwrap_or_default();
        let message = format!("the workspace is full: {used} bytes on disk, {limit} allowed");
        self.end_all(Duration::from_millis(self.prepared.grace_ms), Finished { retcode: 1, reason: Reason::StepError, message });
        self.watch_quota(true);
    }

    /// Ends everything, background processes of earlier steps too, and the step with it.
    fn end_all(&mut self, grace: Duration, why: Finished) -> Vec<String> {
        if let Some(step) = &mut self.step {
            step.ended_because(why);
        }
        let cgroup = &mut self.cgroup;
        let survivors = end(&mut self.children, &[], grace, || {
            if let Some(cgroup) = cgroup {
                cgroup.kill();
            }
        });
        if let Some(step) = &mut self.step {
            step.note_survivors(&survivors);
        }
        self.look_at_step();
        if let Some(cgroup) = &mut self.cgroup {
            cgroup.enter();
        }
        survivors
    }

    /// Ends, reports, cleans up.
    fn finish(mut self, grace: Duration) -> ExitCode {
        let survivors = self.end_all(grace, Finished { retcode: 1, reason: Reason::Cancelled, message: "the job was ended".into() });
        let clean = survivors.is_empty();
        self.reports.send(&Report::Ended { survivors });
        // The alarm's thread looks into the folder.
        self.quota = None;
        let mut problems = Vec::new();
        if self.prepared.remove_workspace && !self.prepared.workspace.is_empty() {
            problems.extend(cleaning::remove(&PathBuf::from(&self.prepared.workspace)).err());
        }
        problems.extend(self.cgroup.take().and_then(|cgroup| cgroup.remove().err()));
        let problem = (!problems.is_empty()).then(|| problems.join("; "));
        let code = if clean && problem.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        self.reports.send(&Report::Removed { problem });
        code
    }
}

/// Keeps descriptors that the agent's own parent left open from every step. What an old kernel cannot do is not worth a failure.
fn inherit_nothing_else() {
    // SAFETY: only sets a flag on descriptors; nothing is closed before a program is started.
    #[allow(unsafe_code)]
    let _marked = unsafe {
        let flags = nix::libc::CLOSE_RANGE_CLOEXEC;
        nix::libc::syscall(nix::libc::SYS_close_range, 3_u32, u32::MAX, flags)
    };
}
