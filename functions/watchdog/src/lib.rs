//! kraken-fn-watchdog.
