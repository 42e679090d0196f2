//! kraken-tool.
