//! kraken-harness.
