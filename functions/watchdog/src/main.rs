//! The watchdog as a Lambda function, called by the clock.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let clients = Clients::new(Config::from_environment()?)?;
    // Child stages that it starts are looked at in their repositories, with secrets where those are not public.
    let mut control = clients.control().with_sealer(clients.sealer());
    control.repos = clients.repos();
    kraken_lambda::on_schedule(|| kraken_fn_watchdog::run(&control)).await
}
