//! kraken-fn-scheduler.
