//! kraken-cloud.
