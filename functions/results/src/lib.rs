//! kraken-fn-results.
