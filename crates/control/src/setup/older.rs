//! Stages that an earlier version saved, which knew less of what their code says.
//!
//! Invariant: each is dealt with once; a flow's start never fails because of it.

use kraken_domain::record::{Stage, TAKEN_OVER};

use crate::{Control, ControlError, again::decide};

/// Stages that one flow's start deals with.
const AT_MOST: usize = 20;

impl Control {
    /// Takes over from the code of these stages what is not in their records yet: without it they would not start by the clock until
    /// somebody saves them again.
    pub(crate) async fn take_over_older(&self, stages: &[Stage]) {
        for stage in stages.iter().filter(|stage| stage.taken_over < TAKEN_OVER).take(AT_MOST) {
            let done: Result<(), ControlError> = decide!(self.try_read_anew(stage.id));
            if let Err(error) = done {
                tracing::warn!(stage.id = %stage.id, %error, "a stage of an earlier version could not be read anew; the next flow tries again");
            }
        }
    }
}
