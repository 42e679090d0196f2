//! Taking back what an import brought that will not end.

use kraken_protocol::api::{AbandonImport, ImportAbandoned};

use super::steps::patiently;
use crate::{client::Client, failure::Outcome};

/// Removes the records of an import that has not ended; gives how many. It can be called again after it failed.
///
/// # Errors
/// What the server refused: there is no such import; a server that stays away for two minutes.
pub async fn abandon(client: &Client, progress: &mut impl FnMut(String)) -> Outcome<u64> {
    let (mut removed, mut cursor) = (0, None);
    loop {
        let asked = AbandonImport { cursor };
        let done: ImportAbandoned = patiently(async || client.post("/api/import/abandon", &asked).await).await?;
        removed += done.removed;
        progress(format!("removed {removed} records"));
        cursor = done.next;
        if cursor.is_none() {
            return Ok(removed);
        }
    }
}
