//! kraken-cli.
