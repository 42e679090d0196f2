//! Queues: what Kraken relies on, asked through the SDK in process and over HTTP.
//!
//! With `KRAKEN_SQS_ENDPOINT` set to the address of another SQS (and the usual `AWS_*` variables to its credentials),
//! the stories over HTTP are told to that one instead; those about this engine alone are left out by their place.

mod batches;
mod contention;
mod dead_letters;
mod durability;
mod fifo;
mod messages;
mod place;
mod queues;
mod receiving;
mod time;
mod waiting;

pub(crate) use place::{Place, client, serve};

/// Tells each story twice: in process, and over HTTP.
macro_rules! contract {
    ($($story:ident),+ $(,)?) => {
        mod in_process {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(&crate::sqs::Place::in_process()).await;
            })+
        }
        mod over_http {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(&crate::sqs::Place::over_http().await).await;
            })+
        }
    };
}
pub(crate) use contract;
