//! The indexer as a Lambda function: fed by its queue, by the logs of the other functions, and once a day by the clock.

use jiff::Timestamp;
use kraken_fn_indexer::{Indexer, PATIENCE};
use kraken_lambda::{Error, IndexerParts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let IndexerParts { store, objects, search, days } = IndexerParts::from_environment()?;
    let indexer = &Indexer { store, objects, search, patience: PATIENCE, days };
    kraken_lambda::on_queue_and_more(|message| async move { indexer.run(&message, Timestamp::now()).await }).await
}
