//! Results as a Lambda function, fed by its queue.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let control = Clients::new(Config::from_environment()?)?.control();
    kraken_lambda::on_queue(|message| {
        let control = &control;
        async move { kraken_fn_results::run(control, &message).await }
    })
    .await
}
