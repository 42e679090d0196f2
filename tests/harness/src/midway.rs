//! Work that is stopped in the middle of whatever it does: to die there, or to go on once something else has happened.
//!
//! Nothing of it goes on meanwhile but the calls that it has made already.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
};

use anyhow::{Result, bail};

/// Lets the work go on until it was looked at so many times; what came of it, if it got to its end.
pub async fn go_on_for<F: Future>(mut work: Pin<&mut F>, looks: usize) -> Option<F::Output> {
    let mut left = looks;
    poll_fn(|context| {
        let Some(rest) = left.checked_sub(1) else { return Poll::Ready(None) };
        left = rest;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// Lets the work die once it was looked at so many times; what came of it, if it got to its end before.
pub async fn live_for<F: Future>(work: F, looks: usize) -> Option<F::Output> {
    go_on_for(pin!(work), looks).await
}

/// Lets the work go on until it is so, and stops it there.
///
/// # Errors
/// When it got to its end before.
pub async fn go_on_until<F: Future>(mut work: Pin<&mut F>, what: &str, mut is_so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    while !is_so().await? {
        if go_on_for(work.as_mut(), 1).await.is_some() {
            bail!("the work got to its end before {what}");
        }
    }
    Ok(())
}
