//! The log of the process itself.

pub(crate) mod json;

use tracing_subscriber::{EnvFilter, fmt, fmt::format::JsonFields};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    Text,
    /// For machines: one JSON object per line, with the fields of what it happened in (`flow.id`, `run.id`, …) beside its own.
    Json,
}

/// Starts the log of this process on standard error. `RUST_LOG` says what is logged; `default` holds without it. Called once;
/// later calls change nothing.
pub fn init_log(format: LogFormat, default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _already_started = match format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.fmt_fields(JsonFields::new()).event_format(json::Lines).try_init(),
    };
}
