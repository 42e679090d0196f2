//! Waiting for descriptors with a deadline.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// What to wait for on a descriptor.
#[derive(Clone, Copy)]
pub(crate) enum Until<'fd> {
    /// There is something to read, or the other side is gone.
    Readable(BorrowedFd<'fd>),
    /// There is room to write, or the other side is gone.
    Writable(BorrowedFd<'fd>),
}

/// Waits until one of them is ready or the deadline passed; says for each whether it is ready.
pub(crate) fn until<const N: usize>(which: [Option<Until<'_>>; N], deadline: Option<Instant>) -> [bool; N] {
    let mut fds: Vec<PollFd<'_>> = which
        .iter()
        .flatten()
        .map(|until| match until {
            Until::Readable(fd) => PollFd::new(*fd, PollFlags::POLLIN),
            Until::Writable(fd) => PollFd::new(*fd, PollFlags::POLLOUT),
        })
        .collect();
    match poll(&mut fds, timeout_until(deadline)) {
        Ok(0) | Err(Errno::EINTR) => [false; N],
        Ok(_) => {
            let mut asked = fds.iter();
            which.map(|until| until.is_some() && asked.next().is_some_and(|fd| fd.any().unwrap_or(true)))
        }
        // Only a wrong descriptor or no memory: let the reads and writes find out.
        Err(_) => which.map(|until| until.is_some()),
    }
}

/// Rounded up, so that a passed deadline has really passed.
fn timeout_until(deadline: Option<Instant>) -> PollTimeout {
    let Some(deadline) = deadline else { return PollTimeout::NONE };
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return PollTimeout::ZERO;
    }
    PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
}
