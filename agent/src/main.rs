//! `kraken-agent`: see `kraken-agent help`.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use kraken_agent::{agent::AgentError, memory, own_log::OwnLog};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// The exit code that says: starting again is no use. The systemd unit does not restart on it.
const NO_USE: u8 = 3;

/// The log's own, and some to read files with. Each costs memory.
const BLOCKING_THREADS: usize = 4;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let own_log = OwnLog::default();
    start_log(&own_log);
    // One thread: an agent waits nearly all of the time. Packing logs and reading files have threads of their own while they last.
    memory::keep_small();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(BLOCKING_THREADS).build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kraken-agent: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(cli.act(own_log));
    // A thread that still waits for an outage to end must not hold up the exit.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kraken-agent: {error:#}");
            let no_use = error.downcast_ref::<AgentError>().is_some_and(AgentError::is_final);
            if no_use { ExitCode::from(NO_USE) } else { ExitCode::FAILURE }
        }
    }
}

/// The agent's own log goes to standard error, without times where the journal adds them, and to where it is brought away from.
fn start_log(own_log: &OwnLog) {
    let filter = EnvFilter::try_from_env("KRAKEN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(filter).with(own_log.layer());
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        registry.with(lines.without_time().with_ansi(false)).init();
    } else {
        registry.with(lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))).init();
    }
}
