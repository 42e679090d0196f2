//! Waiting for what must come.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// What is waited for at the longest. Generous: it only ends tests that have failed.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN: Duration = Duration::from_millis(20);

/// Asks until there is an answer.
///
/// # Errors
/// When none has come in a minute: says what was waited for.
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    eventually_within(PATIENCE, what, ask).await
}

/// The same with another patience, for what takes its time: a lease that has to end, a deployment that is made.
///
/// # Errors
/// When no answer has come by then: says what was waited for.
pub async fn eventually_within<T>(patience: Duration, what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > patience {
            bail!("waited {} s in vain for {what}", patience.as_secs());
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Asks until it is so.
///
/// # Errors
/// When it has not become so in a minute: says what was waited for.
pub async fn wait_until(what: &str, mut is_so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    eventually(what, async || Ok(is_so().await?.then_some(()))).await
}
