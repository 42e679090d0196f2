//! The key of a branch's move to another project.

use kraken_domain::BranchId;

use super::Key;

const MOVE: &str = "MOVE";

pub(crate) fn branch_move(branch: BranchId) -> Key {
    Key::new(format!("BRANCH#{branch}"), MOVE)
}

impl Key {
    pub(crate) fn is_move(&self) -> bool {
        self.sort == MOVE
    }
}
