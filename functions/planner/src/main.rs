//! The planner as a Lambda function, called by the clock.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let clients = Clients::new(Config::from_environment()?)?;
    // Repositories that are not public are looked at with secrets.
    let mut control = clients.control().with_sealer(clients.sealer());
    control.repos = clients.repos();
    kraken_lambda::on_schedule(|| kraken_fn_planner::run(&control)).await
}
