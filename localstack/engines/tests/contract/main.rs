//! What Kraken relies on in each engine, asked through the same clients that talk to AWS.
#![allow(clippy::unwrap_used)]

mod auth;
mod bus;
mod dynamodb;
mod killed;
mod logs;
mod s3;
mod sqs;
