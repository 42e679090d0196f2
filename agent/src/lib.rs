//! kraken-agent.
