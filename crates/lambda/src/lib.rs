//! The other home of the handlers: AWS Lambda. What the local process is to one machine, this is to the cloud: it reads the
//! configuration of a function, makes its clients, and feeds its handler. The handlers learn nothing of it.
//!
//! Invariant: every environment variable that is read here is one that the deployment sets, by `infra/contract/environment.json`; a test on
//! either side holds it.

mod account;
mod clients;
mod config;
pub mod dead_letters;
pub mod emf;
mod feed;
mod indexer;
mod search;
mod settings;

pub use account::{Account, Region};
pub use clients::Clients;
pub use config::{Config, ConfigError, Variable};
pub use feed::{on_http, on_queue, on_queue_and_more, on_schedule};
pub use indexer::IndexerParts;
pub use lambda_runtime::Error;
pub use settings::settings;
