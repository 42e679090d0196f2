//! kraken-control.
