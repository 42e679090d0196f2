//! kraken-store.
