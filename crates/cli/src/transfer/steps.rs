//! One step of a move, repeated while the server or the object store does not answer.

use std::time::Instant;

use crate::{
    client::{Patience, Verdict},
    failure::Outcome,
};

/// Objects, or parts of objects, that are under way at the same time.
pub(super) const AT_ONCE: usize = 4;

/// Takes a step that can be taken again, until it succeeds, is refused, or patience is at its end.
pub(super) async fn patiently<T>(mut step: impl AsyncFnMut() -> Outcome<T>) -> Outcome<T> {
    let mut patience = Patience::default();
    loop {
        match step().await {
            Ok(done) => return Ok(done),
            Err(failure) => match patience.judge(failure, Instant::now()) {
                Verdict::Again(pause) => tokio::time::sleep(pause).await,
                Verdict::Enough(failure) => return Err(failure),
            },
        }
    }
}
