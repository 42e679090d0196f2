//! How much one evaluation may use, and the meter that every operation reports to.
//!
//! Starlark's own checks run only every thousand calls or rounds, and count neither dicts nor what one operation
//! makes at once; so the code is instrumented (see `rewrite`) and each report here may refuse to go on.

// Every value of Starlark needs a derive that writes an `unsafe impl`; nothing unsafe is written by hand.
#![allow(unsafe_code)]

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use starlark::any::ProvidesStaticType;

use super::error::EvalError;

/// How much one evaluation may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// CPU time of the evaluation's own thread.
    pub cpu: Duration,
    /// Bytes of all values together.
    pub heap_bytes: usize,
    /// Instructions: calls, operators, rounds of loops.
    pub steps: u64,
    /// Bytes of the result as JSON.
    pub result_bytes: usize,
    /// Bytes of the code.
    pub source_bytes: usize,
    /// How deep functions may call each other.
    pub recursion: usize,
    /// How long to wait, by the clock on the wall, for an evaluation that reacts to nothing. The last resort: far
    /// longer than `cpu`, since a loaded machine may give the thread little of its time.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(1),
            heap_bytes: 64 << 20,
            steps: 10_000_000,
            result_bytes: 4 << 20,
            source_bytes: 1 << 20,
            recursion: 200,
            patience: Duration::from_secs(30),
        }
    }
}

/// Which limit an evaluation hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Hit {
    /// CPU time.
    #[error("out of CPU time")]
    Cpu,
    /// Memory.
    #[error("out of memory")]
    Heap,
    /// Instructions.
    #[error("out of instructions")]
    Steps,
}

/// How much an evaluation has used so far.
#[derive(Debug, ProvidesStaticType)]
pub(super) struct Meter {
    limits: Limits,
    cpu_at_start: Duration,
    looked_at: Cell<Instant>,
    steps: Cell<u64>,
    /// Bytes of dicts and of copies of texts, which Starlark's heap does not count.
    charged: Cell<usize>,
    hit: Cell<Option<Hit>>,
    printed: RefCell<Vec<String>>,
    printed_bytes: Cell<usize>,
}

/// What an entry of a dict costs beside its key and value.
const ENTRY_BYTES: usize = 64;
/// How much `print` may keep.
const PRINTED_BYTES: usize = 64 << 10;
/// How long the CPU clock is not looked at again: it costs a system call, the other clock does not.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(2);

impl Meter {
    /// A meter that starts now, on this thread.
    pub(super) fn start(limits: Limits) -> Self {
        Self {
            limits,
            cpu_at_start: thread_cpu(),
            looked_at: Cell::new(Instant::now()),
            steps: Cell::new(0),
            charged: Cell::new(0),
            hit: Cell::new(None),
            printed: RefCell::default(),
            printed_bytes: Cell::new(0),
        }
    }

    /// The limit that was hit, as the error to show.
    pub(super) fn error(&self) -> Option<EvalError> {
        let limits = &self.limits;
        self.hit.get().map(|hit| match hit {
            Hit::Cpu => EvalError::CpuLimit { limit_ms: u64::try_from(limits.cpu.as_millis()).unwrap_or(u64::MAX) },
            Hit::Heap => EvalError::HeapLimit { limit_bytes: limits.heap_bytes },
            Hit::Steps => EvalError::StepLimit { limit: limits.steps },
        })
    }

    /// Reports a moment: `heap` bytes are in use.
    pub(super) fn tick(&self, heap: usize) -> Result<(), Hit> {
        self.room(heap, 0)?;
        if self.looked_at.get().elapsed() >= LOOK_AGAIN_AFTER {
            self.look()?;
        }
        Ok(())
    }

    /// Asks for `more` bytes in one piece on top of `heap`.
    pub(super) fn room(&self, heap: usize, more: usize) -> Result<(), Hit> {
        if heap.saturating_add(self.charged.get()).saturating_add(more) > self.limits.heap_bytes { self.refuse(Hit::Heap) } else { Ok(()) }
    }

    /// Reports that `entries` go into a dict.
    pub(super) fn charge_entries(&self, heap: usize, entries: usize) -> Result<(), Hit> {
        self.charged.set(self.charged.get().saturating_add(entries.saturating_mul(ENTRY_BYTES)));
        self.tick(heap)
    }

    /// Reports that `bytes` are kept beside Starlark's heap.
    pub(super) fn charge_bytes(&self, heap: usize, bytes: usize) -> Result<(), Hit> {
        self.charged.set(self.charged.get().saturating_add(bytes));
        self.room(heap, 0)
    }

    /// Reports `steps` instructions; asked every now and then, so it also looks at the clock.
    pub(super) fn advance(&self, heap: usize, steps: u64) -> Result<(), Hit> {
        self.steps.set(self.steps.get() + steps);
        if self.steps.get() > self.limits.steps {
            return self.refuse(Hit::Steps);
        }
        self.room(heap, 0)?;
        self.look()
    }

    /// The longest text that one operation may make.
    pub(super) fn text_limit(&self) -> usize {
        self.limits.heap_bytes / 4
    }

    /// The most numbers that one `range` may have.
    pub(super) fn range_limit(&self) -> u64 {
        self.limits.steps
    }

    /// Keeps a line that the code printed, as long as there is room.
    pub(super) fn keep_printed(&self, line: String) {
        let total = self.printed_bytes.get() + line.len();
        if total <= PRINTED_BYTES {
            self.printed_bytes.set(total);
            self.printed.borrow_mut().push(line);
        }
    }

    /// What the code printed.
    pub(super) fn take_printed(&self) -> Vec<String> {
        self.printed.take()
    }

    fn look(&self) -> Result<(), Hit> {
        self.looked_at.set(Instant::now());
        if thread_cpu().saturating_sub(self.cpu_at_start) > self.limits.cpu { self.refuse(Hit::Cpu) } else { Ok(()) }
    }

    fn refuse(&self, hit: Hit) -> Result<(), Hit> {
        // The first hit is the cause; what follows it is only how the evaluation winds down.
        let first = self.hit.get().unwrap_or(hit);
        self.hit.set(Some(first));
        Err(first)
    }
}

/// CPU time that this thread has used, so that a loaded machine does not count against the code.
#[cfg(target_os = "linux")]
fn thread_cpu() -> Duration {
    use nix::sys::{
        resource::{UsageWho, getrusage},
        time::TimeValLike,
    };
    let Ok(usage) = getrusage(UsageWho::RUSAGE_THREAD) else { return Duration::ZERO };
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}

/// Where a thread's own CPU time cannot be had, the time since the first look stands for it.
#[cfg(not(target_os = "linux"))]
fn thread_cpu() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
