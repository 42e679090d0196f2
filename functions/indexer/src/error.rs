//! Why a log is not in the search yet.

use kraken_cloud::ObjectError;
use kraken_search::SearchError;
use kraken_store::StoreError;

/// Why a message could not be dealt with. It comes again; what can never be dealt with ends with the dead letters.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The message is none that the indexer knows.
    #[error(
        "a message of the indexer's queue is neither news of a bucket nor a log of CloudWatch ({0}): look who sends it, then delete it"
    )]
    NoMessage(String),
    /// The log's index is not there yet, or is one of an earlier log. It comes soon.
    #[error("the index of the log {0} is not there yet")]
    NoIndexYet(String),
    /// No job has the log, so far.
    #[error("there is no job {0} whose log could be indexed")]
    NoJob(String),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The object store does not answer.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The search does not take entries now.
    #[error(transparent)]
    Search(#[from] SearchError),
}
