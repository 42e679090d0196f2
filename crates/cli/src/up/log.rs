//! What the server has to say while it runs, on the standard error.

use std::io::IsTerminal;

use kraken_serve::Tail;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Lines wait in so much memory until they can be searched.
const TAIL_BYTES: usize = 1 << 20;

/// What is said unless `KRAKEN_LOG` says otherwise: not every event that the notifier hears.
const DEFAULT: &str = "warn,kraken=info,kraken_fn_notifier=warn";

/// Starts it, and gives what it takes in, for the search. `KRAKEN_LOG` says how much, as in `debug`; [`DEFAULT`] without it.
pub(super) fn start() -> Tail {
    let tail = Tail::new(TAIL_BYTES);
    let filter = EnvFilter::try_from_env("KRAKEN_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours);
    // Somebody else in this process may log already; then their way holds.
    let _ = tracing_subscriber::registry().with(filter).with(lines).with(tail.layer()).try_init();
    tail
}
