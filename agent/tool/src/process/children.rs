//! The children of this process, and every orphan that becomes one: this process is a subreaper, so whatever a job forks, detaches and
//! forgets ends up here and nowhere else. Having no child left therefore means that nothing of the job is running.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, Command};

use nix::errno::Errno;
use nix::sys::signal::{SigHandler, SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It returned this.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

impl Exit {
    /// As one number, the way shells do it.
    pub(crate) fn retcode(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(number) => match Signal::try_from(number) {
                Ok(signal) => write!(f, "ended by signal {number} ({signal})"),
                Err(_) => write!(f, "ended by signal {number}"),
            },
        }
    }
}

/// Starts a program to which every signal gets through: it would inherit what is blocked here, and most never look.
///
/// A child that ends meanwhile may go unnoticed until the next [`Children::reap`].
pub(crate) fn spawn_unmasked(command: &mut Command) -> io::Result<Child> {
    let ours = SigSet::thread_get_mask()?;
    SigSet::empty().thread_set_mask()?;
    let child = command.spawn();
    ours.thread_set_mask()?;
    child
}

/// Those that whoever started the agent may have had ignored, which every program below would inherit: a shell cannot even trap such a
/// signal, and with `SIGCHLD` ignored nobody learns how a process ended.
const OFTEN_IGNORED: &[Signal] = &[
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGCHLD,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
];

/// Ignores nothing from here on, for this process and all that it starts.
pub(crate) fn ignore_no_signal() {
    for signal in OFTEN_IGNORED {
        // SAFETY: the default action replaces no handler that anything in this process relies on.
        #[allow(unsafe_code)]
        let _always_possible = unsafe { nix::sys::signal::signal(*signal, SigHandler::SigDfl) };
    }
}

/// The one place that waits for processes.
pub(crate) struct Children {
    changed: SignalFd,
    watched: Vec<(Pid, Option<Exit>)>,
}

impl Children {
    /// Makes this process the parent of all orphans among its descendants. Blocks `SIGCHLD` and `also` in this thread: call it first, and
    /// start programs with [`spawn_unmasked`].
    pub(crate) fn adopt(also: &[Signal]) -> io::Result<Self> {
        nix::sys::prctl::set_child_subreaper(true)?;
        let mut changed = SigSet::empty();
        changed.add(Signal::SIGCHLD);
        let mut blocked = changed;
        blocked.extend(also.iter().copied());
        blocked.thread_block()?;
        Ok(Self { changed: SignalFd::with_flags(&changed, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?, watched: Vec::new() })
    }

    /// Readable when a child ended.
    pub(crate) fn changed(&self) -> BorrowedFd<'_> {
        self.changed.as_fd()
    }

    /// Remembers how this child ends, until [`Self::take_exit`].
    pub(crate) fn watch(&mut self, child: Pid) {
        self.watched.push((child, None));
    }

    /// How a watched child ended, if it did and was reaped. Forgets it.
    pub(crate) fn take_exit(&mut self, child: Pid) -> Option<Exit> {
        let at = self.watched.iter().position(|(pid, exit)| *pid == child && exit.is_some())?;
        self.watched.swap_remove(at).1
    }

    /// Reaps all that ended; says whether any child is left.
    pub(crate) fn reap(&mut self) -> bool {
        while let Ok(Some(_)) = self.changed.read_signal() {}
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => self.note(pid, Exit::Code(code)),
                Ok(WaitStatus::Signaled(pid, signal, _)) => self.note(pid, Exit::Signal(signal as i32)),
                Ok(WaitStatus::StillAlive) => return true,
                Err(Errno::ECHILD) => return false,
                // A real-time signal ended it; it is reaped, but nothing says which child it was.
                Err(Errno::EINVAL) => self.note_vanished(),
                Ok(_) | Err(_) => {}
            }
        }
    }

    fn note(&mut self, child: Pid, how: Exit) {
        if let Some((_, exit)) = self.watched.iter_mut().find(|(pid, exit)| *pid == child && exit.is_none()) {
            *exit = Some(how);
        }
    }

    fn note_vanished(&mut self) {
        for (pid, exit) in &mut self.watched {
            if exit.is_none() && nix::sys::signal::kill(*pid, None) == Err(Errno::ESRCH) {
                *exit = Some(Exit::Signal(nix::libc::SIGRTMIN()));
            }
        }
    }
}
