//! kraken-fn-api.
