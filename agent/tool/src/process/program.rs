//! One program of a step: started, waited for, and ended with all that came from it when the time is up or the agent is gone.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kraken_protocol::tool::{Answer, Ask, EVENTS_FD_VAR};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{Pid, read};

use super::children::{Children, Exit, spawn_unmasked};
use super::ending::end;
use super::wait::{Until, until};
use crate::channel::Channel;
use crate::failure::Failure;

/// Between TERM and KILL when a step's time is up.
const GRACE: Duration = Duration::from_secs(2);
/// More than this of captured output is dropped.
const CAPTURED_MAX: usize = 1 << 20;

/// Where a program runs: who is its parent, who waits for it, until when.
pub(crate) struct Surroundings {
    pub(crate) children: Children,
    pub(crate) channel: Channel,
    pub(crate) limit: Option<Duration>,
    pub(crate) deadline: Option<Instant>,
}

impl Surroundings {
    /// Limits what follows to this much time from now.
    pub(crate) fn limit_to(&mut self, limit: Duration) {
        self.limit = Some(limit);
        self.deadline = Instant::now().checked_add(limit);
    }

    /// Runs a program to its end. Its output goes to the log. `get` says how to get it when it is not there.
    pub(crate) fn run(&mut self, command: &mut Command, get: &str) -> Result<Exit, Failure> {
        let child = start(command.stdin(Stdio::null()), get)?;
        self.finish(&child, None).map(|(exit, _)| exit)
    }

    /// The same, but what it prints on standard output comes back.
    pub(crate) fn capture(&mut self, command: &mut Command, get: &str) -> Result<(Exit, Vec<u8>), Failure> {
        let (reader, writer) = io::pipe().map_err(|error| Failure::executor(format!("cannot make a pipe: {error}")))?;
        let child = start(command.stdin(Stdio::null()).stdout(writer), get)?;
        // The command keeps its copy of the pipe's other end: let go of it, or the end of the output never comes.
        command.stdout(Stdio::null());
        let reader = OwnedFd::from(reader);
        let nonblocking = fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
        nonblocking.map_err(|error| Failure::executor(format!("cannot read from a pipe: {error}")))?;
        self.finish(&child, Some(reader))
    }

    /// Waits for a started program.
    pub(crate) fn finish(&mut self, child: &Child, mut output: Option<OwnedFd>) -> Result<(Exit, Vec<u8>), Failure> {
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("process ids are positive ints"));
        self.children.watch(pid);
        let mut captured = Vec::new();
        loop {
            self.children.reap();
            let exit = self.children.take_exit(pid);
            if output.as_ref().is_some_and(|fd| !drain(fd, &mut captured)) {
                output = None;
            }
            if let Some(exit) = exit {
                return Ok((exit, captured));
            }
            if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(self.end_all(Failure::timeout(self.limit.unwrap_or_default())));
            }
            let [_, input, _] = until(
                [
                    Some(Until::Readable(self.children.changed())),
                    Some(Until::Readable(self.channel.input())),
                    output.as_ref().map(|fd| Until::Readable(fd.as_fd())),
                ],
                self.deadline,
            );
            if input && !self.channel.is_heard() {
                return Err(self.end_all(Failure::executor("the agent is gone")));
            }
        }
    }

    /// Asks the agent and waits for its answer.
    pub(crate) fn ask(&mut self, ask: Ask) -> Result<Answer, Failure> {
        let answer = self.channel.ask(ask, self.deadline)?;
        answer.ok_or_else(|| Failure::timeout(self.limit.unwrap_or_default()))
    }

    /// Ends everything that this step started.
    pub(crate) fn end_all(&mut self, why: Failure) -> Failure {
        let survivors = end(&mut self.children, &[], GRACE, || {});
        if survivors.is_empty() { why } else { why.and(&format!("could not end {}", survivors.join(", "))) }
    }
}

/// Starts a program in a process group of its own, so that its `kill 0` ends nobody else.
pub(crate) fn start(command: &mut Command, get: &str) -> Result<Child, Failure> {
    use std::os::unix::process::CommandExt;
    spawn_unmasked(command.env_remove(EVENTS_FD_VAR).process_group(0)).map_err(|error| {
        let program = command.get_program().to_string_lossy().into_owned();
        match error.kind() {
            io::ErrorKind::NotFound if program.contains('/') => Failure::missing(format!("{program} does not exist: {get}")),
            io::ErrorKind::NotFound => Failure::missing(format!("{program} was not found on the PATH: {get}")),
            // Some folder of the PATH was closed to us, which says nothing about the program.
            io::ErrorKind::PermissionDenied if !is_there(&program) => {
                Failure::missing(format!("{program} was not found on the PATH: {get}"))
            }
            io::ErrorKind::PermissionDenied => Failure::step(format!("{program} may not be executed")),
            io::ErrorKind::ArgumentListTooLong => Failure::step(format!("{program}: its arguments are too long; write them to a file")),
            _ => Failure::executor(format!("cannot start {program}: {error}")),
        }
    })
}

/// Whether a program can be found, on the PATH if it is a bare name.
pub(crate) fn is_there(program: &str) -> bool {
    if program.contains('/') {
        return Path::new(program).exists();
    }
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Checks a working directory, because the system's error for a missing one looks like that for a missing program.
pub(crate) fn check_directory(field: &str, path: &Path) -> Result<(), Failure> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::step(format!("{field}: {} is not a folder", path.display()))),
        Err(error) => Err(Failure::step(format!("{field}: {}: {error}", path.display()))),
    }
}

/// Reads what is there; false when no more will come.
fn drain(fd: &OwnedFd, into: &mut Vec<u8>) -> bool {
    let mut chunk = [0; 8192];
    loop {
        match read(fd, &mut chunk) {
            Ok(0) => return false,
            Ok(length) => {
                let room = CAPTURED_MAX.saturating_sub(into.len());
                into.extend_from_slice(&chunk[..length.min(room)]);
            }
            Err(nix::errno::Errno::EAGAIN) => return true,
            Err(nix::errno::Errno::EINTR) => {}
            Err(_) => return false,
        }
    }
}
