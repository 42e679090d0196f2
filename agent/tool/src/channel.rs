//! The tool's line to its agent: the step and replies come in on standard input, events go out on a descriptor of their own.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Instant;

use kraken_protocol::tool::{Answer, Ask, EVENTS_FD, EVENTS_FD_VAR, Event, LINE_BYTES_MAX, Reply, Request, Step};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

use crate::failure::Failure;
use crate::process::lines::{Fill, Line, Lines};
use crate::process::wait::{Until, until};

/// Both directions.
pub(crate) struct Channel {
    events: File,
    input: io::Stdin,
    lines: Lines,
    last_request: u64,
}

impl Channel {
    /// Takes over the events' descriptor; programs that are started do not inherit it.
    pub(crate) fn open() -> Result<Self, String> {
        let number = match std::env::var(EVENTS_FD_VAR) {
            Ok(text) => text.parse().map_err(|_| format!("{EVENTS_FD_VAR}={text}: expected the number of a descriptor"))?,
            Err(_) => EVENTS_FD,
        };
        // SAFETY: the protocol gives this descriptor to us; nothing else in this process uses it, and it is taken once, at the start.
        #[allow(unsafe_code)]
        let events = unsafe { OwnedFd::from_raw_fd(number) };
        if let Err(error) = fcntl(&events, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)) {
            // A descriptor that is not open must not be closed either.
            std::mem::forget(events);
            return Err(format!("descriptor {number}, which takes events: {error}; this program is meant to be started by an agent"));
        }
        Ok(Self { events: events.into(), input: io::stdin(), lines: Lines::default(), last_request: 0 })
    }

    /// The step: the first line.
    pub(crate) fn step(&mut self) -> Result<Step, Failure> {
        let line = self.line(None)?.unwrap_or_default();
        serde_json::from_slice(&line).map_err(|error| {
            // What serde says can quote values, and values can be secrets: only where, not what.
            Failure::executor(format!("the step's description is not understood (column {})", error.column()))
        })
    }

    /// Sends an event. Without anybody to hear it there is nothing to do about it: the end of the input tells the same.
    pub(crate) fn say(&mut self, event: &Event) {
        if let Ok(mut line) = serde_json::to_vec(event) {
            line.push(b'\n');
            let _unheard = self.events.write_all(&line);
        }
    }

    /// Asks the agent and waits for its answer; `None` when the deadline passed.
    pub(crate) fn ask(&mut self, ask: Ask, deadline: Option<Instant>) -> Result<Option<Answer>, Failure> {
        self.last_request += 1;
        let id = self.last_request;
        self.say(&Event::Request(Request { id, ask }));
        loop {
            let Some(line) = self.line(deadline)? else { return Ok(None) };
            match serde_json::from_slice::<Reply>(&line) {
                Ok(reply) if reply.id == id => return Ok(Some(reply.answer)),
                Ok(_) => {}
                Err(error) => return Err(Failure::executor(format!("the agent's reply is not understood: {error}"))),
            }
        }
    }

    /// Readable when there is a line, or nobody there any more.
    pub(crate) fn input(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    /// Whether the agent is still there. Call it when the input is readable; what it says without being asked is dropped.
    pub(crate) fn is_heard(&mut self) -> bool {
        let heard = !matches!(self.lines.fill(&self.input), Ok(Fill::End) | Err(_));
        while self.lines.next(LINE_BYTES_MAX).is_some() {}
        heard
    }

    fn line(&mut self, deadline: Option<Instant>) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            match self.lines.next(LINE_BYTES_MAX) {
                Some(Line::Whole(line)) => return Ok(Some(line.to_vec())),
                Some(Line::TooLong(_)) => return Err(Failure::executor("the agent's line is too long")),
                None => {}
            }
            let [readable] = until([Some(Until::Readable(self.input.as_fd()))], deadline);
            if !readable {
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return Ok(None);
                }
                continue;
            }
            match self.lines.fill(&self.input) {
                Ok(Fill::Some | Fill::Empty) => {}
                Ok(Fill::End) => return Err(Failure::executor("the agent is gone")),
                Err(error) => return Err(Failure::executor(format!("reading from the agent: {error}"))),
            }
        }
    }
}
