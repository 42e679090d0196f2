//! kraken-benches.
