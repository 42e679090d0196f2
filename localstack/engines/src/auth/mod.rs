//! Who may speak to the embedded endpoints, and about what: keys, signatures and rights as AWS has them.
//!
//! Invariant: nothing is stored. A key carries its agent and its expiry in its own id, and its secret follows from
//! that id and the master key, so credentials survive restarts and are revoked by replacing the master key.

mod error;
mod keyring;
mod rights;
pub mod sigv4;

pub use error::AuthError;
pub use keyring::{Credentials, Keyring, TempCredentials};
pub use rights::{ObjectAction, Principal, agent_prefix, agent_queue};
