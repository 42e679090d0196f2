//! Thin clients of everything that is not the table: objects, queues, the event bus, and the sealing of secrets.

mod credentials;
mod objects;
mod queues;

pub use credentials::{AgentAccess, CredentialSource};
pub use objects::{ObjectError, Objects, Upload};
pub use queues::{AgentQueue, QueueError, Queues, Received, Topic};
