//! `kraken version`.

use clap::Args;
use kraken_protocol::api::{Health, Version};
use serde_json::json;

use crate::{
    failure::Outcome,
    look::{Details, Text, Tone},
    session::Session,
};

/// Show the version of this program and of the server
#[derive(Debug, Args)]
pub struct VersionArgs {
    /// Do not ask the server
    #[arg(long)]
    client: bool,
}

/// Does it. A server that does not answer is part of the answer, not an error: the own version is known anyway.
pub async fn run(args: &VersionArgs, session: &mut Session) -> Outcome {
    let own = env!("CARGO_PKG_VERSION");
    if args.client {
        return session.screen.answer(&json!({"client": own}), |_| format!("kraken {own}\n"));
    }
    let client = session.client()?;
    let server = client.get::<Version>("/api/version").await;
    let importing = match &server {
        // One that cannot say how it is, or not yet, has no import to show.
        Ok(_) => client.get::<Health>("/api/health").await.ok().and_then(|health| health.importing_since),
        Err(_) => None,
    };
    let document = match &server {
        Ok(version) => json!({"client": own, "address": client.server().to_string(), "server": version, "importing_since": importing}),
        Err(failure) => json!({"client": own, "address": client.server().to_string(), "problem": failure.to_string()}),
    };
    session.screen.details(&document, |_| {
        let answer = match &server {
            Ok(version) => Text::plain(format!("{} at {}", version.version, client.server())),
            Err(failure) => Text::new(failure, Tone::Bad),
        };
        let details = Details::new().with("kraken", Text::plain(own)).with("server", answer);
        match importing {
            None => details,
            Some(since) => {
                let what = format!("began at {since} and has not ended: import again, or kraken import --abandon");
                details.with("import", Text::new(what, Tone::Bad))
            }
        }
    })
}
