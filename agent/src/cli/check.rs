//! `kraken-agent check`: what works and what does not, in lines.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use kraken_agent::{
    agent::{tool_beside_us, tool_version},
    api::{Api, ApiError},
    facts::Host,
    identity::{Identity, peek},
    session::Sessions,
};
use kraken_protocol::agent::SessionRequest;

use super::Place;

/// Looks at one thing after the other; fails when one does not work.
pub(super) async fn check(place: &Place) -> anyhow::Result<()> {
    let mut broken = 0;
    let mut say = |what: &str, result: Result<String, String>| match result {
        Ok(text) => show(&format!("ok      {what}: {text}")),
        Err(text) => {
            broken += 1;
            show(&format!("BROKEN  {what}: {text}"));
        }
    };
    let tool = tool_beside_us().and_then(|tool| Ok(format!("{} {}", tool.display(), tool_version(&tool)?)));
    say("executor local", tool.map_err(|error| error.to_string()));
    let host = Host::look(&place.state_dir, BTreeMap::new(), BTreeMap::new());
    let facts = host.facts();
    say("host", Ok(format!("{} ({}, {} CPUs)", facts.system, facts.architecture, facts.cpus)));
    let server = Api::new(&place.server)?;
    match peek(&place.state_dir) {
        Err(error) => say("state directory", Err(error.to_string())),
        Ok(None) => {
            say("state directory", Ok(format!("{}: not enrolled yet", place.state_dir.display())));
            say("server", reachable(&server, &facts).await);
        }
        Ok(Some((identity, installation))) => {
            say("state directory", Ok(format!("{}: agent {}", place.state_dir.display(), identity.agent)));
            session(&server, &identity, installation, host, &mut say).await?;
        }
    }
    anyhow::ensure!(broken == 0, "{broken} of the above do not work");
    Ok(())
}

/// Whoever reads may have seen enough.
fn show(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// A server that refuses a session without a token is one that can be reached.
async fn reachable(server: &Api, facts: &kraken_domain::agent::HostFacts) -> Result<String, String> {
    let request = SessionRequest { facts: facts.clone(), installation: "check".to_owned(), probe: true };
    match server.once(&request).await {
        Ok(_) | Err(ApiError::Unauthorised(_)) => Ok(server.address().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

async fn session(
    server: &Api,
    identity: &Identity,
    installation: String,
    host: Host,
    say: &mut impl FnMut(&str, Result<String, String>),
) -> anyhow::Result<()> {
    let api = server.with_token(&identity.token)?;
    let sessions = Sessions::new(api, installation, move || host.facts());
    let cloud = match sessions.probe().await {
        Ok(cloud) => cloud,
        Err(error) => {
            say("server", Err(error.to_string()));
            return Ok(());
        }
    };
    let session = cloud.session();
    say("server", Ok(server.address().to_owned()));
    say("authorised", if session.authorised { Ok("yes".to_owned()) } else { Err("an administrator must authorise this agent".to_owned()) });
    if session.authorised {
        // Nothing is taken from the queue: the running agent needs it.
        let queue = cloud.queue().receive_message().queue_url(&session.queue_url).wait_time_seconds(0).visibility_timeout(0).send().await;
        let words = |error: &dyn std::error::Error| aws_sdk_sqs::error::DisplayErrorContext(error).to_string();
        say("queue", queue.map(|_| session.queue_url.clone()).map_err(|error| words(&error)));
        let key = format!("{}check", session.prefix);
        let put = cloud.objects().put(&key, "text/plain", "check").await;
        say("store", put.map(|()| format!("{}/{key}", session.bucket)).map_err(|error| error.to_string()));
    }
    Ok(())
}
