//! kraken-serve.
