//! The notifier as a Lambda function, fed by its queue, and called by the clock.

use kraken_fn_notifier::{Post, Reach};
use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_environment()?;
    // Only in the cloud itself does the machine answer with what nobody may know.
    let reach = if config.endpoint.is_none() { Reach::Outside } else { Reach::Anywhere };
    let clients = Clients::new(config)?;
    let control = clients.control().with_sealer(clients.sealer());
    let post = Post::new(reach)?;
    kraken_lambda::on_queue(|message| {
        let (control, post) = (&control, &post);
        async move { kraken_fn_notifier::run_or_tick(control, post, &message).await }
    })
    .await
}
