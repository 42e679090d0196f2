//! The step that runs: its tool's process, what goes in and what comes out.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use kraken_protocol::tool::supervisor::Report;
use kraken_protocol::tool::{EVENTS_FD, EVENTS_FD_VAR, Event, Finished, LINE_BYTES_MAX, Reason, Reply, Step};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{Pid, dup2, dup3, dup3_raw};

use super::reports::Reports;
use crate::process::children::{Children, Exit};
use crate::process::lines::{Fill, Line, Lines};

/// A tool ends its step in time by itself; this long after that it is taken for broken.
const TOOL_IS_LATE: Duration = Duration::from_secs(10);
/// How long a tool may take to go after it said that it finished.
const LINGER: Duration = Duration::from_secs(2);

/// The descriptor under which a tool finds its events, kept free of anything else in this process.
pub(super) struct EventsSlot {
    slot: OwnedFd,
    nothing: OwnedFd,
}

impl EventsSlot {
    /// Takes the descriptor. Call it before anything else is opened that should live on.
    pub(super) fn reserve() -> io::Result<Self> {
        // The first handle may have the number itself; it is closed again before the number is taken.
        let nothing: OwnedFd = std::fs::File::open("/dev/null")?.try_clone()?.into();
        // SAFETY: nothing in this process owns a descriptor with this number; one that was inherited is closed.
        #[allow(unsafe_code)]
        let slot = unsafe { dup3_raw(&nothing, EVENTS_FD, OFlag::O_CLOEXEC)? };
        Ok(Self { slot, nothing })
    }

    /// Starts a program that inherits `events` there, and nobody else does.
    fn spawn(&mut self, command: &mut Command, events: impl AsFd) -> io::Result<std::process::Child> {
        dup2(events, &mut self.slot)?;
        let child = command.env(EVENTS_FD_VAR, EVENTS_FD.to_string()).spawn();
        dup3(&self.nothing, &mut self.slot, OFlag::O_CLOEXEC)?;
        child
    }
}

/// A tool that waits for its step.
pub(super) struct Tool {
    pid: Pid,
    events: OwnedFd,
    input: ChildStdin,
}

impl Tool {
    pub(super) fn start(slot: &mut EventsSlot, children: &mut Children) -> io::Result<Self> {
        let (events, for_tool) = io::pipe()?;
        let events = OwnedFd::from(events);
        fcntl(&events, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0("kraken-tool").arg("run").stdin(Stdio::piped()).stdout(Stdio::inherit()).stderr(output).process_group(0);
        let mut child = slot.spawn(&mut command, for_tool)?;
        let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
        children.watch(pid);
        let input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        fcntl(&input, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Self { pid, events, input })
    }

    /// Whether it still waits.
    pub(super) fn is_alive(&self, children: &mut Children) -> bool {
        children.reap();
        children.take_exit(self.pid).is_none()
    }
}

/// A tool at work.
pub(super) struct Running {
    index: u32,
    pid: Pid,
    events: Option<OwnedFd>,
    lines: Lines,
    input: Option<ChildStdin>,
    outgoing: Vec<u8>,
    deadline: Option<Instant>,
    older: Vec<Pid>,
    finished: Option<Finished>,
    overruled: Option<Finished>,
}

impl Running {
    /// Gives a tool its step. `older`: processes of earlier steps that still run.
    pub(super) fn start(step: &Step, tool: Tool, older: Vec<Pid>) -> io::Result<Self> {
        let mut outgoing = serde_json::to_vec(step)?;
        outgoing.push(b'\n');
        let deadline = step.timeout_s.and_then(|limit| Instant::now().checked_add(Duration::from_secs(limit).saturating_add(TOOL_IS_LATE)));
        let mut running = Self {
            index: step.index,
            pid: tool.pid,
            events: Some(tool.events),
            lines: Lines::default(),
            input: Some(tool.input),
            outgoing,
            deadline,
            older,
            finished: None,
            overruled: None,
        };
        running.feed();
        Ok(running)
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// Readable when the tool said something.
    pub(super) fn events(&self) -> Option<BorrowedFd<'_>> {
        self.events.as_ref().map(AsFd::as_fd)
    }

    /// Writable when there is room for what waits to be said to the tool.
    pub(super) fn input(&self) -> Option<BorrowedFd<'_>> {
        self.input.as_ref().filter(|_| !self.outgoing.is_empty()).map(AsFd::as_fd)
    }

    /// When to end the step by force.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Processes of earlier steps.
    pub(super) fn older_processes(&self) -> &[Pid] {
        &self.older
    }

    /// Queues an answer for the tool.
    pub(super) fn answer(&mut self, reply: &Reply) {
        if let Ok(line) = serde_json::to_vec(reply) {
            self.outgoing.extend_from_slice(&line);
            self.outgoing.push(b'\n');
            self.feed();
        }
    }

    /// Writes what there is room for. Never waits: a tool that does not read must not hold up its own end.
    pub(super) fn feed(&mut self) {
        let Some(input) = &mut self.input else { return };
        while !self.outgoing.is_empty() {
            match input.write(&self.outgoing) {
                Ok(written) => drop(self.outgoing.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.input = None;
                    return;
                }
            }
        }
    }

    /// Passes on what the tool said; true when there may be more.
    pub(super) fn forward(&mut self, reports: &mut Reports) -> bool {
        let Some(events) = &self.events else { return false };
        let fill = self.lines.fill(events);
        while let Some(line) = self.lines.next(LINE_BYTES_MAX) {
            let problem = match line {
                Line::TooLong(beginning) => format!("a line of more than {LINE_BYTES_MAX} bytes: {}…", String::from_utf8_lossy(&beginning)),
                Line::Whole(line) => match serde_json::from_slice(line) {
                    Ok(Event::Finished(end)) => {
                        self.finished.get_or_insert(end);
                        self.deadline = Instant::now().checked_add(LINGER);
                        continue;
                    }
                    Ok(said) => {
                        reports.send(&Report::Event { said: Box::new(said) });
                        continue;
                    }
                    Err(error) => format!("{error}: {}", String::from_utf8_lossy(&line[..line.len().min(100)])),
                },
            };
            reports.send(&Report::Garbled { problem });
        }
        match fill {
            Ok(Fill::Some) => true,
            Ok(Fill::Empty) => false,
            Ok(Fill::End) | Err(_) => {
                self.events = None;
                false
            }
        }
    }

    /// The step's time is up, and its tool did not notice; or it finished and does not go.
    pub(super) fn time_is_up(&mut self) {
        self.deadline = None;
        if self.finished.is_none() {
            let message = "took longer than allowed, and its tool did not end it".into();
            self.ended_because(Finished { retcode: 124, reason: Reason::StepTimeout, message });
        }
    }

    /// Whatever the tool says: this is why it ends. The first reason counts.
    pub(super) fn ended_because(&mut self, why: Finished) {
        self.overruled.get_or_insert(why);
    }

    /// Adds those that could not be ended to the step's message.
    pub(super) fn note_survivors(&mut self, survivors: &[String]) {
        let end = self.overruled.as_mut().or(self.finished.as_mut());
        if let Some(end) = end.filter(|_| !survivors.is_empty()) {
            end.message = format!("{}; could not end {}", end.message, survivors.join(", "));
        }
    }

    /// The tool is gone: passes on the rest of what it said, and says how the step ended.
    pub(super) fn exited(&mut self, exit: Exit, reports: &mut Reports) -> Report {
        while self.forward(reports) {}
        let end = self.overruled.take().or_else(|| self.finished.take()).unwrap_or_else(|| Finished {
            retcode: exit.retcode(),
            reason: Reason::ExecutorError,
            message: format!("the tool ended without a result ({exit})"),
        });
        Report::StepExited { index: self.index, end }
    }
}
