//! What all batches have in common: their limits, and an outcome for each entry.

use std::collections::HashSet;

use super::fault::{Fault, FaultKind};
use super::wire::{BatchReply, Entry, Failed, Named};

const MAX_ENTRIES: usize = 10;
const MAX_ID: usize = 80;

/// Is it a batch that SQS would begin?
pub(super) fn check<T>(entries: &[Entry<T>]) -> Result<(), Fault> {
    if entries.is_empty() {
        return Err(Fault::new(FaultKind::EmptyBatchRequest, "There should be at least one entry in the request."));
    }
    if entries.len() > MAX_ENTRIES {
        let text = format!("Maximum number of entries per request are {MAX_ENTRIES}. You have sent {}.", entries.len());
        return Err(Fault::new(FaultKind::TooManyEntriesInBatchRequest, text));
    }
    let mut seen = HashSet::new();
    for Entry { id, .. } in entries {
        if !is_id(id) {
            let text =
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
            return Err(Fault::new(FaultKind::InvalidBatchEntryId, text));
        }
        if !seen.insert(id.as_str()) {
            return Err(Fault::new(FaultKind::BatchEntryIdsNotDistinct, format!("Id {id} repeated.")));
        }
    }
    Ok(())
}

/// Does `each` entry in order. Refused entries are reported, and leave the others alone; if the engine itself fails,
/// the batch does.
pub(super) fn run<T, U>(entries: Vec<Entry<T>>, mut each: impl FnMut(T) -> Result<U, Fault>) -> Result<BatchReply<U>, Fault> {
    let mut reply = BatchReply { successful: Vec::new(), failed: Vec::new() };
    for Entry { id, item } in entries {
        match each(item) {
            Ok(outcome) => reply.successful.push(Named { id, outcome }),
            Err(fault) if fault.is_ours() => return Err(fault),
            Err(fault) => {
                reply.failed.push(Failed { id, code: fault.kind.query_code(), message: fault.message, sender_fault: true });
            }
        }
    }
    Ok(reply)
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
