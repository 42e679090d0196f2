//! The other home of the handlers: AWS Lambda. What the local process is to one machine, this is to the cloud: it reads the
//! configuration of a function, makes its clients, and feeds its handler. The handlers learn nothing of it.
//!
//! Invariant: the environment variables that are read here are those of `infra/contract/environment.json`, held by a test on
//! either side.

mod account;
mod clients;
mod config;
mod feed;

pub use account::{Account, Region};
pub use clients::Clients;
pub use config::{Config, ConfigError, Variable};
pub use feed::{on_http, on_queue, on_schedule};
pub use lambda_runtime::Error;
