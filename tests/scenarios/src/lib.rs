//! kraken-scenarios.
