//! Log search: what is kept, what can be asked, and the one interface that everything which keeps or finds logs uses.
//!
//! Two implementations answer it: the segments of the embedded engines, and OpenSearch. Invariant: both mean the same
//! by an entry, a query, a page and an order; one suite of tests is held against both.

mod batch;
mod entry;
mod error;
mod opensearch;
mod query;
mod text;

pub use self::batch::{Batch, MAX_ORIGIN_BYTES};
pub use self::entry::{Entry, Level, MAX_TEXT_BYTES, Source};
pub use self::error::{Refusal, SearchError};
pub use self::opensearch::{Access, OpenSearch, OpenSearchConfig, index_template};
pub use self::query::{DEFAULT_LIMIT, MAX_LIMIT, Order, Page, Query};
pub use self::text::{Matcher, Text, in_word};

/// A place that keeps log entries and finds them again.
#[async_trait::async_trait]
pub trait LogSearch: Send + Sync + std::fmt::Debug {
    /// Keeps the entries of `batch`; returns when none of them can be lost any more.
    ///
    /// An entry is known by the batch's origin and its number within it: one that is kept already is not kept twice,
    /// so a batch may be appended again, in other cuts too, whenever it isn't certain that it was kept. Batches of one
    /// origin may come in any order.
    ///
    /// Searches may find the entries somewhat later (OpenSearch: within its refresh interval).
    async fn append(&self, batch: Batch) -> Result<(), SearchError>;

    /// The entries that fit `query`, a page at a time.
    async fn search(&self, query: Query) -> Result<Page, SearchError>;

    /// Forgets the entries of a flow that are kept now: searches find none of them any more (OpenSearch: those that were appended longer
    /// ago than its refresh interval). What is appended later is kept. A call that failed can be made again, and goes on.
    async fn forget_flow(&self, flow: &str) -> Result<(), SearchError>;

    /// Forgets what was written before `time`. Searches find no such entry any more, or, where forgetting goes by
    /// whole days, none from before the day of `time` (UTC).
    async fn drop_before(&self, time: jiff::Timestamp) -> Result<(), SearchError>;
}
