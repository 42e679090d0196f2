//! What an agent may use for a while: its queue, its prefix in the object store, and the credentials for both.
//!
//! One task renews the session well before its credentials end and whenever the cloud refuses them; everybody else takes the
//! newest [`Cloud`] for each thing they do. Clients survive renewals: they ask for credentials at every request.

mod clock;
mod cloud;
mod credentials;
mod objects;
mod persist;
mod renewal;

pub use clock::ServerClock;
pub use cloud::Cloud;
pub use objects::{ObjectError, Objects};
pub use persist::Persistent;
pub use renewal::{Sessions, keep_renewing};
