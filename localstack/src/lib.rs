//! kraken-localstack.
