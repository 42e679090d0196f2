//! Thin clients of everything that is not the table: objects, queues, the event bus, and the sealing of secrets.

mod bus;
mod credentials;
mod inbox;
mod objects;
mod queues;
mod roles;
pub mod seal;

pub use bus::{Bus, BusError, EVENTS_PER_CALL, Fate, SOURCE};
pub use credentials::{AgentAccess, CredentialError, CredentialSource};
pub use inbox::Inbox;
pub use objects::{ObjectError, Objects, Reading};
pub use queues::{AgentQueue, Depth, NEW_LOGS, QueueError, Queues, Received, Topic};
pub use roles::Roles;
pub use seal::{KeyParameter, SealError, Sealed, Sealer, SealingKeys, Zeroizing};
