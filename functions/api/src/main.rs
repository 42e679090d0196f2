//! The API as a Lambda function.

use kraken_lambda::{Clients, Config, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let clients = Clients::new(Config::from_environment()?)?;
    let mut control = clients.control().with_sealer(clients.sealer());
    control.repos = clients.repos();
    let control = match clients.search()? {
        Some(search) => control.with_search(search),
        None => control,
    };
    kraken_lambda::on_http(kraken_fn_api::router(control)).await
}
