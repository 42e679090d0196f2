//! Putting dead letters back where they came from.

use aws_sdk_sqs::{
    error::ProvideErrorMetadata,
    types::{QueueAttributeName, SendMessageBatchRequestEntry},
};

use super::{BATCH, DeadLetterError, DeadLetters, DeadQueue, HELD_S, Letter, Which, failed, odd};

/// What was put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// So many are back.
    Moved(u64),
    /// The service moves about so many by itself, from now on.
    Moving(u64),
}

impl DeadLetters {
    /// Puts letters back. All of them the service moves by itself, where it can.
    ///
    /// # Errors
    /// [`DeadLetterError`]: what was not put back is still there.
    pub async fn replay(&self, queue: DeadQueue, which: &Which) -> Result<Replayed, DeadLetterError> {
        let dead = self.url(queue.dead()).await?;
        match which {
            Which::These(ids) => {
                let letters = self.these(&dead, ids).await?;
                self.send_back(queue, &dead, &letters).await?;
                Ok(Replayed::Moved(letters.len() as u64))
            }
            Which::All => {
                let count = self.count(queue).await?.unwrap_or(0);
                let arn = self.attribute(&dead, QueueAttributeName::QueueArn).await?;
                match self.client.start_message_move_task().source_arn(arn).send().await {
                    Ok(_) => Ok(Replayed::Moving(count)),
                    Err(error) if error.code().is_some_and(is_missing) => self.replay_by_hand(queue, &dead).await,
                    Err(error) => Err(failed("StartMessageMoveTask", error)),
                }
            }
        }
    }

    /// As many as are there now: what dies again meanwhile does not go round.
    async fn replay_by_hand(&self, queue: DeadQueue, dead: &str) -> Result<Replayed, DeadLetterError> {
        let mut left = self.count(queue).await?.unwrap_or(0);
        let mut moved = 0;
        loop {
            let letters = self.receive(dead, HELD_S).await?;
            if letters.is_empty() {
                return Ok(Replayed::Moved(moved));
            }
            self.send_back(queue, dead, &letters).await?;
            moved += letters.len() as u64;
            left = left.saturating_sub(letters.len() as u64);
            if left == 0 {
                return Ok(Replayed::Moved(moved));
            }
        }
    }

    async fn send_back(&self, queue: DeadQueue, dead: &str, letters: &[Letter]) -> Result<(), DeadLetterError> {
        let live = self.url(queue.live()).await?;
        for some in letters.chunks(BATCH) {
            let entries = some.iter().enumerate().map(|(at, letter)| entry(queue, at, letter));
            let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| odd("SendMessageBatch", error))?;
            let call = self.client.send_message_batch().queue_url(&live).set_entries(Some(entries));
            let answer = call.send().await.map_err(|error| failed("SendMessageBatch", error))?;
            let sent: Vec<Letter> = answer.successful.iter().filter_map(|sent| some.get(sent.id.parse::<usize>().ok()?).cloned()).collect();
            self.delete(dead, &sent).await?;
            if let Some(refused) = answer.failed.first() {
                return Err(odd("SendMessageBatch", refused.message().unwrap_or(refused.code())));
            }
        }
        Ok(())
    }
}

fn entry(queue: DeadQueue, at: usize, letter: &Letter) -> Result<SendMessageBatchRequestEntry, aws_sdk_sqs::error::BuildError> {
    let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(&letter.body);
    let entry = entry.set_message_attributes((!letter.attributes.is_empty()).then(|| letter.attributes.clone()));
    if !queue.is_fifo() {
        return entry.build();
    }
    // Under its first deduplication id it could be taken for a message of the last five minutes and be lost. The letter's own id is new, and
    // is the same when this is done twice.
    entry.set_message_group_id(letter.group.clone()).message_deduplication_id(&letter.id).build()
}

/// What services say that do not know the operation: those on one machine, emulators.
fn is_missing(code: &str) -> bool {
    ["UnsupportedOperation", "InvalidAction", "UnknownOperationException"].iter().any(|missing| code.ends_with(missing))
}
