//! Ending processes: TERM, a grace, KILL until none is left. Only descendants of this process are ever touched.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::children::Children;
use super::tree::{descendants, describe};
use super::wait::{Until, until};

/// How long KILL may take. Longer only for a process that hangs in the kernel, or that belongs to somebody else.
const KILL_PATIENCE: Duration = Duration::from_secs(10);
/// How often to look again for processes whose end nobody signals.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Ends all descendants of this process but `keep` and theirs. `kill_at_once`, if given, kills them all in one go (a control group) and
/// is called between grace and KILL. Returns those that could not be ended, in words.
pub(crate) fn end(children: &mut Children, keep: &[Pid], grace: Duration, mut kill_at_once: impl FnMut()) -> Vec<String> {
    let me = Pid::this();
    if !left(children, keep) {
        return Vec::new();
    }
    if !grace.is_zero() {
        for pid in descendants(me, keep) {
            // A stopped process takes its TERM only when it is continued.
            let _gone = kill(pid, Signal::SIGTERM).and_then(|()| kill(pid, Signal::SIGCONT));
        }
        if gone_by(children, keep, Instant::now() + grace) {
            return Vec::new();
        }
    }
    kill_at_once();
    let patience = Instant::now() + KILL_PATIENCE;
    loop {
        for pid in descendants(me, keep) {
            let _gone = kill(pid, Signal::SIGKILL);
        }
        if gone_by(children, keep, patience.min(Instant::now() + LOOK_AGAIN)) {
            return Vec::new();
        }
        if Instant::now() >= patience {
            return descendants(me, keep).into_iter().map(describe).collect();
        }
    }
}

/// Waits until none is left; false when some still are at the deadline.
fn gone_by(children: &mut Children, keep: &[Pid], deadline: Instant) -> bool {
    loop {
        if !left(children, keep) {
            return true;
        }
        let now = Instant::now();
        if now >= deadline {
            return false;
        }
        until([Some(Until::Readable(children.changed()))], Some(deadline.min(now + LOOK_AGAIN)));
    }
}

/// Whether any is left. Without exceptions the kernel's answer to `waitpid` is enough.
fn left(children: &mut Children, keep: &[Pid]) -> bool {
    children.reap() && (keep.is_empty() || !descendants(Pid::this(), keep).is_empty())
}
