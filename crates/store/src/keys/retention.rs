//! The keys of what retention looks at, and the partitions that it empties.

use kraken_domain::{BranchId, FlowId, RunId};

use super::Key;

const SWEEP: &str = "SWEEP";

pub(crate) fn sweep(branch: BranchId) -> Key {
    Key::new(below_branch(branch), SWEEP)
}

/// The partition of a flow, its runs, and what else is its own.
pub(crate) fn below_flow(flow: FlowId) -> String {
    format!("FLOW#{flow}")
}

/// The partition of a run's jobs, and what else is its own.
pub(crate) fn below_run(run: RunId) -> String {
    format!("RUN#{run}")
}

/// The partition of a branch, and what is its own.
pub(crate) fn below_branch(branch: BranchId) -> String {
    format!("BRANCH#{branch}")
}

impl Key {
    pub(crate) fn is_sweep(&self) -> bool {
        self.sort == SWEEP
    }

    pub(crate) fn is_flow(&self) -> bool {
        self.sort == "FLOW"
    }

    pub(crate) fn is_artifacts(&self) -> bool {
        self.partition.starts_with("RUN#") && self.sort.starts_with("ARTIFACTS#")
    }

    /// The branch that this key of something of a branch is of.
    pub(crate) fn branch_id(&self) -> Option<BranchId> {
        self.partition.strip_prefix("BRANCH#")?.parse().ok()
    }
}
