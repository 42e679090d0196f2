//! kraken-contracts.
