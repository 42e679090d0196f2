//! What Kraken costs on AWS: counted from the calls that the real code makes in short stories, and priced.
//!
//! A story runs the whole system at home, with the intervals of a deployment and every call noted. What it comes to is compared with
//! `docs/cost.md` by a test: a count that grows without the table being updated fails it.

// The futures of stories hold the whole system.
#![recursion_limit = "256"]

pub mod document;
pub mod logs;
pub mod model;
pub mod path;
pub mod prices;
pub mod rows;
pub mod stories;
pub mod usage;

/// Runs all stories. Takes some two minutes.
///
/// # Errors
/// When a story does not go as told.
pub async fn count() -> anyhow::Result<document::Counted> {
    let logged = logs::Logged::start();
    // Boxed: unoptimised, the whole system's start does not fit the stack of a test twice. One after the other: all of them write into the one log that is counted.
    let idle = Box::pin(stories::idle(&logged)).await?;
    let jobs = Box::pin(stories::jobs(&logged)).await?;
    let path = path::Path::of(&jobs.trace)?;
    Ok(document::Counted { jobs, idle, path })
}
