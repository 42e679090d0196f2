//! The operations on messages, but for receiving them.

use super::fault::{Fault, FaultKind};
use super::ledger::Ledger;
use super::wire::{Batch, BatchReply, ChangeMessageVisibility, DeleteMessage, Deletion, Empty, Extension, Outgoing, SendMessage, Sent};
use super::{Sqs, acknowledge, batch, names, send};

/// Bytes of all messages of a batch.
const MAX_BATCH_BYTES: usize = 1_048_576;

impl Sqs {
    pub(super) async fn send_message(&self, request: SendMessage) -> Result<Sent, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        self.writer.run(move |ledger| send_one(ledger, &name, request.message)).await
    }

    pub(super) async fn send_batch(&self, request: Batch<Outgoing>) -> Result<BatchReply<Sent>, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        batch::check(&request.entries)?;
        let bytes: usize = request.entries.iter().map(|entry| send::size(&entry.item)).sum();
        if bytes > MAX_BATCH_BYTES {
            let text = format!("Batch requests cannot be longer than {MAX_BATCH_BYTES} bytes. You have sent {bytes} bytes.");
            return Err(Fault::new(FaultKind::BatchRequestTooLong, text));
        }
        self.writer
            .run(move |ledger| {
                ledger.catalogue.named(&name)?;
                batch::run(request.entries, |message| send_one(ledger, &name, message))
            })
            .await
    }

    pub(super) async fn delete_message(&self, request: DeleteMessage) -> Result<Empty, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        self.writer.run(move |ledger| delete_one(ledger, &name, &request.deletion)).await
    }

    pub(super) async fn delete_batch(&self, request: Batch<Deletion>) -> Result<BatchReply<Empty>, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        batch::check(&request.entries)?;
        self.writer
            .run(move |ledger| {
                ledger.catalogue.named(&name)?;
                batch::run(request.entries, |deletion| delete_one(ledger, &name, &deletion))
            })
            .await
    }

    pub(super) async fn change_visibility(&self, request: ChangeMessageVisibility) -> Result<Empty, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        self.writer.run(move |ledger| extend_one(ledger, &name, &request.extension)).await
    }

    pub(super) async fn change_visibility_batch(&self, request: Batch<Extension>) -> Result<BatchReply<Empty>, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        batch::check(&request.entries)?;
        self.writer
            .run(move |ledger| {
                ledger.catalogue.named(&name)?;
                batch::run(request.entries, |extension| extend_one(ledger, &name, &extension))
            })
            .await
    }
}

fn send_one(ledger: &mut Ledger, queue: &str, message: Outgoing) -> Result<Sent, Fault> {
    let queue = ledger.change(queue)?;
    let now = ledger.now();
    let seq = ledger.next_seq(now);
    send::send(&ledger.db, &queue, now, seq, message)
}

fn delete_one(ledger: &mut Ledger, queue: &str, deletion: &Deletion) -> Result<Empty, Fault> {
    let queue = ledger.change(queue)?;
    acknowledge::delete(&ledger.db, &queue, ledger.now(), &deletion.receipt_handle)?;
    Ok(Empty {})
}

fn extend_one(ledger: &mut Ledger, queue: &str, extension: &Extension) -> Result<Empty, Fault> {
    let queue = ledger.change(queue)?;
    acknowledge::change_visibility(&ledger.db, &queue, ledger.now(), &extension.receipt_handle, extension.visibility_timeout)?;
    Ok(Empty {})
}
