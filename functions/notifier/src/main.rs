//! The notifier as a Lambda function, fed by its queue.

use kraken_lambda::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    kraken_lambda::on_queue(|message| async move { kraken_fn_notifier::run(&message) }).await
}
