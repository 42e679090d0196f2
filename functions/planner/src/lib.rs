//! kraken-fn-planner.
