//! The scheduler as a Lambda function: fed by its queue, and by the clock through the same door.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let control = Clients::new(Config::from_environment()?)?.control();
    kraken_lambda::on_queue(|_| kraken_fn_scheduler::run(&control)).await
}
