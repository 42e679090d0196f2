//! kraken-workflow.
