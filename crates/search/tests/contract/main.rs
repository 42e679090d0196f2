//! One meaning of log search, held against each implementation: segments on disk, and a real OpenSearch node.
#![allow(clippy::unwrap_used)]

mod again;
mod finding;
mod flows;
mod paging;
mod place;
mod retention;
mod together;

mod opensearch;

/// Runs a story against each implementation, in a place of its own.
macro_rules! stories {
    ($($story:ident),* $(,)?) => {
        mod segments {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(&crate::place::Place::segments()).await;
            })*
        }
        mod opensearch {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(&crate::place::Place::opensearch()).await;
            })*
        }
    };
}
pub(crate) use stories;
