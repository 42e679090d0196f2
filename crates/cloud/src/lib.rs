//! Thin clients of everything that is not the table: objects, queues, the event bus, and the sealing of secrets.

mod credentials;
mod objects;
mod queues;
mod roles;

pub use credentials::{AgentAccess, CredentialError, CredentialSource};
pub use objects::{ObjectError, Objects, Upload};
pub use queues::{AgentQueue, QueueError, Queues, Received, Topic};
pub use roles::Roles;
