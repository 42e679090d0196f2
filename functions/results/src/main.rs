//! Results as a Lambda function, fed by its queue.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let clients = Clients::new(Config::from_environment()?)?;
    // Repositories that are not public are looked at with secrets.
    let mut control = clients.control().with_sealer(clients.sealer());
    control.repos = clients.repos();
    kraken_lambda::on_queue(|message| {
        let control = &control;
        async move { kraken_fn_results::run(control, &message).await }
    })
    .await
}
