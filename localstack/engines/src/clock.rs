//! Where an engine learns the time. The clock is an argument of every engine, so that tests move time by hand
//! and nothing in here asks the operating system on its own.

use std::sync::Arc;

use jiff::Timestamp;

/// A source of the current time. Cheap to clone; may be called from any thread.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of the operating system.
pub fn system() -> Now {
    Arc::new(Timestamp::now)
}
