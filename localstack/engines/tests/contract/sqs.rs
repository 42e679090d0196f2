//! Queues: what Kraken relies on, asked through the SDK in process and over HTTP.
//!
//! With `KRAKEN_SQS_ENDPOINT` set to the address of another SQS, and `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`
//! to its credentials, the stories over HTTP are told to that one instead:
//! `KRAKEN_SQS_ENDPOINT=http://127.0.0.1:4566 cargo test -p kraken-engines --test contract over_http`.

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

/// Tells each story twice: in process, and over HTTP. Those marked `strict` hold other implementations to refusals of
/// SQS that emulators are known to forgo; they are told to them only if `KRAKEN_SQS_STRICT` is set.
macro_rules! contract {
    ($($story:ident),+ $(,)? $(; strict: $($strict:ident),+ $(,)?)?) => {
        mod in_process {
            crate::sqs::contract!(@each crate::sqs::Place::in_process(), $($story,)+ $($($strict,)+)?);
        }
        mod over_http {
            crate::sqs::contract!(@each crate::sqs::Place::over_http().await, $($story,)+);
            $(crate::sqs::contract!(@each_strict $($strict,)+);)?
        }
    };
    (@each $place:expr, $($story:ident,)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $story() {
            super::$story(&$place).await;
        })+
    };
    (@each_strict $($story:ident,)+) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $story() {
            if crate::sqs::Place::is_strict() {
                super::$story(&crate::sqs::Place::over_http().await).await;
            }
        })+
    };
}
pub(crate) use contract;
