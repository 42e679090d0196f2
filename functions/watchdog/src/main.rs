//! The watchdog as a Lambda function, called by the clock.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let clients = Clients::new(Config::from_environment()?)?;
    // Child stages that it starts are looked at in their repositories, with secrets where those are not public.
    let mut control = clients.control().with_sealer(clients.sealer());
    control.repos = clients.repos();
    // Lines of flows that are kept no longer are forgotten there.
    if let Some(search) = clients.search()? {
        control = control.with_search(search);
    }
    kraken_lambda::on_schedule(|| kraken_fn_watchdog::run(&control)).await
}
