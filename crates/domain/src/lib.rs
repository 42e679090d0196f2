//! kraken-domain.
