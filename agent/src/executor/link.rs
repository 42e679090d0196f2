//! The supervisor's process and its three streams.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use bytes::{Buf, BytesMut};
use kraken_protocol::tool::LINE_BYTES_MAX;
use kraken_protocol::tool::supervisor::{Command, Report};
use nix::fcntl::{FcntlArg, fcntl};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::process::Child;

use super::ExecutorError;
use super::local::Sweeper;

/// Bytes that one read of the output asks for.
const CHUNK: usize = 128 << 10;
/// Wanted size of the pipe for the output: fewer turns between writer and reader than with the system's 64 KiB.
const PIPE_BYTES: i32 = 256 << 10;

/// The agent's ends of the supervisor's streams.
#[derive(Debug)]
pub(super) struct Link {
    supervisor: Child,
    sweeper: Sweeper,
    commands: Option<pipe::Sender>,
    unsent: BytesMut,
    output: Option<pipe::Receiver>,
    output_capacity: usize,
    reports: pipe::Receiver,
    unparsed: BytesMut,
    /// Up to where `unparsed` has no line feed.
    searched: usize,
}

/// The supervisor's ends.
pub(super) struct Ends {
    pub(super) commands: OwnedFd,
    pub(super) output: OwnedFd,
    pub(super) reports: OwnedFd,
}

/// The agent's ends, before there is a supervisor.
pub(super) struct Streams {
    commands: pipe::Sender,
    unsent: BytesMut,
    output: pipe::Receiver,
    output_capacity: usize,
    reports: pipe::Receiver,
}

/// What came over the link.
#[derive(Debug)]
pub(super) enum Read {
    /// Bytes of output, appended to the buffer.
    Output,
    Report(Report),
    /// Something else, in words.
    Garbled(String),
    /// There will be no more reports.
    End,
}

impl Streams {
    /// Makes both sides, with a first command on its way, so that a supervisor knows what to do even if its agent dies this moment.
    /// None of it is inherited by anything but the process that it is given to.
    pub(super) fn new(first: &Command) -> io::Result<(Self, Ends)> {
        let (commands_in, commands) = io::pipe()?;
        let (output, output_in) = io::pipe()?;
        let (reports, reports_in) = io::pipe()?;
        // Not everybody may have a bigger pipe.
        let _default = fcntl(&output, FcntlArg::F_SETPIPE_SZ(PIPE_BYTES));
        let capacity = fcntl(&output, FcntlArg::F_GETPIPE_SZ).unwrap_or(PIPE_BYTES);
        let mut streams = Self {
            commands: pipe::Sender::from_owned_fd(commands.into())?,
            unsent: BytesMut::new(),
            output: pipe::Receiver::from_owned_fd(output.into())?,
            output_capacity: usize::try_from(capacity).unwrap_or(CHUNK),
            reports: pipe::Receiver::from_owned_fd(reports.into())?,
        };
        send(Some(&streams.commands), &mut streams.unsent, first);
        Ok((streams, Ends { commands: commands_in.into(), output: output_in.into(), reports: reports_in.into() }))
    }
}

impl Link {
    pub(super) fn new(streams: Streams, supervisor: Child, sweeper: Sweeper) -> Self {
        Self {
            supervisor,
            sweeper,
            commands: Some(streams.commands),
            unsent: streams.unsent,
            output: Some(streams.output),
            output_capacity: streams.output_capacity,
            reports: streams.reports,
            unparsed: BytesMut::new(),
            searched: 0,
        }
    }

    pub(super) fn supervisor_id(&self) -> Option<u32> {
        self.supervisor.id()
    }

    /// Whether the supervisor ended already.
    pub(super) fn is_over(&mut self) -> bool {
        !matches!(self.supervisor.try_wait(), Ok(None))
    }

    /// How many bytes can be on their way.
    pub(super) fn output_capacity(&self) -> usize {
        self.output_capacity
    }

    /// Sends a command as far as there is room, and the rest while [`Self::read`] waits. Never waits itself: the supervisor may be waiting
    /// for its reports to be read.
    pub(super) fn send(&mut self, command: &Command) {
        send(self.commands.as_ref(), &mut self.unsent, command);
    }

    /// Waits for something to read. May be dropped without losing anything.
    pub(super) async fn read(&mut self, output: &mut BytesMut) -> Read {
        loop {
            if let Some(read) = self.parsed() {
                return read;
            }
            output.reserve(CHUNK);
            self.unparsed.reserve(4096);
            let Self { commands, unsent, output: job, reports, unparsed, .. } = self;
            tokio::select! {
                read = reports.read_buf(unparsed) => {
                    if !matches!(read, Ok(length) if length > 0) {
                        return Read::End;
                    }
                }
                read = read_from(job, output) => {
                    match read {
                        Ok(length) if length > 0 => return Read::Output,
                        _ => *job = None,
                    }
                }
                sent = write_to(commands, unsent), if !unsent.is_empty() => {
                    if sent.is_err() {
                        // It is dead, or about to be: the end of the reports tells.
                        (*commands, _) = (None, unsent.clear());
                    }
                }
            }
        }
    }

    /// Reads output that is there already, whatever the reactor knows; returns how many bytes.
    pub(super) fn read_now(&mut self, output: &mut BytesMut) -> usize {
        let Some(job) = &self.output else { return 0 };
        let length = output.len();
        output.resize(length + CHUNK.min(self.output_capacity), 0);
        let read = nix::unistd::read(job.as_fd(), &mut output[length..]).unwrap_or(0);
        output.truncate(length + read);
        read
    }

    fn parsed(&mut self) -> Option<Read> {
        let Some(end) = memchr::memchr(b'\n', &self.unparsed[self.searched..]).map(|at| self.searched + at) else {
            self.searched = self.unparsed.len();
            if self.searched > 2 * LINE_BYTES_MAX {
                self.unparsed.clear();
                self.searched = 0;
                return Some(Read::Garbled("the supervisor's line is too long".into()));
            }
            return None;
        };
        self.searched = 0;
        let line = self.unparsed.split_to(end + 1);
        Some(match serde_json::from_slice(&line) {
            Ok(report) => Read::Report(report),
            Err(_) => Read::Garbled(String::from_utf8_lossy(&line[..line.len().min(500)]).trim_end().to_owned()),
        })
    }

    /// The supervisor is gone, or shall be: ends it and whatever it leaves. What it said last goes into the error.
    pub(super) async fn lost(&mut self, how: Option<&str>) -> ExecutorError {
        let _dead = self.supervisor.start_kill();
        let status = self.supervisor.wait().await;
        let left_behind = self.sweeper.sweep().await.err().unwrap_or_default();
        let how = match (how, status) {
            (Some(how), _) => how.to_owned(),
            (None, Ok(status)) => status.to_string(),
            (None, Err(error)) => error.to_string(),
        };
        ExecutorError::SupervisorLost { how, left_behind }
    }

    /// Waits for the supervisor to go, which said that it does.
    pub(super) async fn close(mut self) {
        self.commands = None;
        if let Err(error) = self.supervisor.wait().await {
            tracing::warn!(%error, "waiting for a job's supervisor failed");
        }
    }
}

fn send(commands: Option<&pipe::Sender>, unsent: &mut BytesMut, command: &Command) {
    let line = serde_json::to_vec(command).expect("commands have text keys only, so they always become JSON");
    unsent.extend_from_slice(&line);
    unsent.extend_from_slice(b"\n");
    // Past the reactor, which only knows that there is room after it was asked to wait for it.
    if let Some(commands) = commands
        && let Ok(sent) = nix::unistd::write(commands, unsent)
    {
        unsent.advance(sent);
    }
}

async fn read_from(job: &mut Option<pipe::Receiver>, into: &mut BytesMut) -> io::Result<usize> {
    match job {
        Some(job) => job.read_buf(into).await,
        None => std::future::pending().await,
    }
}

async fn write_to(commands: &mut Option<pipe::Sender>, unsent: &mut BytesMut) -> io::Result<usize> {
    match commands {
        Some(commands) => commands.write_buf(unsent).await,
        None => Err(io::ErrorKind::BrokenPipe.into()),
    }
}
