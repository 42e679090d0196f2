//! kraken-protocol.
