//! A job's log: from the bytes that its programs print to compressed members in the object store.
//!
//! bytes → [`Redactor`] → lines → gzip members → a spool file on disk → object store. What reaches the spool holds no secret value,
//! so the spool may outlive the agent and be sent by the next one. Nothing here keeps more than a few hundred kilobytes in memory,
//! whatever a job prints.

mod forms;
mod member;
mod pipeline;
mod recover;
mod redact;
mod sidecar;
mod upload;
mod writer;

pub use pipeline::{LogError, LogHandle, LogThread, Sink};
pub use recover::{discard, recover};
pub use redact::Redactor;
pub use upload::{LiveLog, store_whole};
pub use writer::{LogWriter, OpenMember, Snapshot};
