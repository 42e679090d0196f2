//! The watchdog as a Lambda function, called by the clock.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let control = Clients::new(Config::from_environment()?)?.control();
    kraken_lambda::on_schedule(|| kraken_fn_watchdog::run(&control)).await
}
