//! What the server has to say while it runs, on the standard error.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts it. `KRAKEN_LOG` says how much, as in `debug` or `warn,kraken=info` (the default).
pub(super) fn start() {
    let filter = EnvFilter::try_from_env("KRAKEN_LOG").unwrap_or_else(|_| EnvFilter::new("warn,kraken=info"));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours);
    // Somebody else in this process may log already; then their way holds.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
