//! Moving a system into a file and out of it: records by the API, objects straight from and to the object store.
//!
//! Invariants: memory does not grow with the system. A file appears under its name only when it is whole; before anything of a file is
//! sent, all of it has been read and checked.

mod abandon;
mod bring;
mod format;
mod save;
mod steps;

pub use abandon::abandon;
pub use bring::{Brought, bring};
pub use save::{Saved, save};
