//! Brings a subscriber what is due for it, page by page, whoever takes it then.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::BusError;
use super::ledger::{Delivery, Ledger};
use crate::group_commit::Writer;

/// How long to leave the storage alone when it fails.
const STORAGE_RETRY: Duration = Duration::from_secs(1);

/// Gives `hand` what is due for the subscriber `name`, at most `page` deliveries at a time, until it is dropped. `hand` notes what became of
/// each; what it does not note is due again.
pub(super) async fn bring<F, R>(writer: Writer<Ledger>, name: Arc<str>, woken: Arc<Notify>, page: usize, hand: F)
where
    F: Fn(Vec<Delivery>) -> R,
    R: Future<Output = Result<(), BusError>>,
{
    loop {
        let round = async {
            let subscriber = Arc::clone(&name);
            let (due, next_ms) = writer
                .run(move |ledger| {
                    let due = ledger.due(&subscriber, page)?;
                    let next_ms = if due.is_empty() { ledger.next_due(&subscriber)? } else { None };
                    Ok::<_, BusError>((due, next_ms))
                })
                .await?;
            if due.is_empty() {
                wait(&woken, next_ms).await;
                return Ok(());
            }
            hand(due).await
        };
        if let Err(error) = round.await {
            tracing::error!(subscriber = &*name, %error, "events could not be read, trying again");
            tokio::time::sleep(STORAGE_RETRY).await;
        }
    }
}

/// A wake-up between the look and this wait is not lost: `Notify` keeps one.
async fn wait(woken: &Notify, next_ms: Option<i64>) {
    match next_ms {
        None => woken.notified().await,
        Some(ms) => {
            let nap = Duration::from_millis(u64::try_from(ms).unwrap_or_default().max(1));
            // Running into the limit is what the limit is for.
            let _ = tokio::time::timeout(nap, woken.notified()).await;
        }
    }
}
