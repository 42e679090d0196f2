//! `kraken up`: the whole of Kraken on this machine, with one agent.
//!
//! The server is in this process, the agent is a child. The first signal to stop lets the agent finish its job, while the server still
//! answers it; then the server stops. What each further signal means is decided in [`stopping`].

mod agent;
mod backoff;
mod log;
mod remember;
mod stopping;

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use kraken_localstack::{Local, Options, StartError};
use serde_json::json;

use crate::{
    config::{DEFAULT_LISTEN, ServerUrl},
    failure::{Failure, Outcome},
    programs,
    session::Session,
    signals::Signals,
};
use agent::Agent;
use stopping::Stopping;

/// Start everything on this machine: the server, and one agent beside it
#[derive(Debug, Args)]
#[command(
    after_help = "The first Ctrl-C or SIGTERM lets the agent finish its job, the second cancels the job, the third ends all at once. \
    What has been acknowledged survives even that."
)]
pub struct UpArgs {
    /// Where everything is kept; made if need be [env: KRAKEN_DATA_DIR] [default: ~/.local/share/kraken]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// The address by which others reach it, if it is not the one it listens on
    #[arg(long, value_name = "URL")]
    public_url: Option<ServerUrl>,
    /// Days that lines of logs can be found by searching; the stored logs themselves stay
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    log_search_days: u32,
    /// Start no agent
    #[arg(long)]
    no_agent: bool,
    /// The kraken-agent program; beside this one, or on the PATH, if not said
    #[arg(long, value_name = "FILE", conflicts_with = "no_agent")]
    agent: Option<PathBuf>,
}

/// Does it, until told to stop.
pub async fn run(args: UpArgs, session: &mut Session) -> Outcome {
    // From here on a signal is a wish, not the end.
    let mut signals = Signals::stops()?;
    let program = match (args.no_agent, args.agent) {
        (true, _) => None,
        (false, Some(program)) => Some(program),
        (false, None) => {
            Some(programs::find("kraken-agent").map_err(|failure| Failure::Other(format!("{failure}; or start with --no-agent")))?)
        }
    };
    let own_log = Some(log::start());
    let data_dir = args.data_dir.unwrap_or_else(|| session.places.data_dir.clone());
    let public_url = args.public_url.map(|url| url.to_string());
    let log_search_days = args.log_search_days;
    let options = Options { public_url, log_search_days, own_log, ..Options::new(data_dir, args.listen) };
    session.screen.progress("starting");
    let local = kraken_localstack::start(options).await.map_err(refused)?;
    let told = ready(&local, session).await;
    let served = match told {
        Ok(()) => serve(&local, program, &mut signals).await,
        Err(failure) => Err(failure),
    };
    tokio::select! {
        () = local.stop() => tracing::info!("stopped"),
        () = signals.next() => tracing::warn!("not waiting any longer"),
    }
    served
}

/// Remembers and says where it is. A terminal is shown an address that signs a browser in and, at the first start, the token; what is no
/// terminal may be a log, which is told where to get them.
async fn ready(local: &Local, session: &mut Session) -> Outcome {
    let (url, token_file) = (local.url(), local.admin_token_file());
    let place = remember::remember(&session.places.config_file, local.data_dir(), url, &token_file, local.admin_token().is_some())?;
    let document = json!({
        "url": url, "data_dir": local.data_dir(), "admin_token_file": token_file, "first_start": local.admin_token().is_some(),
        "pid": std::process::id(),
    });
    let live = session.screen.is_live();
    let shown = local.admin_token().filter(|_| live);
    let sign_in = if live && local.has_web_ui() { local.sign_in_address().await.ok() } else { None };
    session.screen.answer(&document, |_| {
        let mut text = format!("Kraken is ready at {url}; its API is described at {url}/api/docs\n");
        text.push_str(&match sign_in {
            Some(address) => format!("Open this in a browser; it signs in once, within ten minutes (another: `kraken ui`):\n  {address}\n"),
            None if local.has_web_ui() => "`kraken ui` shows an address that opens it in a browser, signed in.\n".to_owned(),
            None => "This program was built without the web UI: `make ui`, then build it again.\n".to_owned(),
        });
        match shown {
            Some(token) => {
                text.push_str(&format!("Administrator's token, shown this once and kept in {}:\n  {token}\n", token_file.display()))
            }
            None => text.push_str(&format!("The administrator's token is in {}.\n", token_file.display())),
        }
        text.push_str(&place);
        text.push_str("Ctrl-C stops it.\n");
        text
    })
}

/// Until told to stop, and until the agent has ended.
async fn serve(local: &Local, program: Option<PathBuf>, signals: &mut Signals) -> Outcome {
    let mut stopping = Stopping::default();
    let Some(program) = program else {
        signals.next().await;
        tracing::info!("stopping");
        return Ok(());
    };
    let mut agent = Agent::new(program, local.data_dir().join("agent"), local.url());
    loop {
        tokio::select! {
            () = signals.next() => {
                let step = stopping.signalled();
                tracing::info!("{}", step.words());
                if !agent.stop(step) {
                    return Ok(());
                }
            }
            ended = agent.keep_running(local) => {
                // It ends by itself only when it was told to, or when starting it again is of no use.
                if stopping.is_begun() {
                    return Ok(());
                }
                tracing::error!("{ended}; the server goes on without an agent");
                signals.next().await;
                return Ok(());
            }
        }
    }
}

fn refused(error: StartError) -> Failure {
    match error {
        StartError::InUse { .. } | StartError::Listen { .. } => Failure::Refused(error.to_string()),
        error => Failure::Other(error.to_string()),
    }
}
