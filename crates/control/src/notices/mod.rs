//! Telling people and other programs how a run went: which notices are owed, what goes into each, and what became of it.
//!
//! Nothing here speaks to anybody: a notice becomes a [`Parcel`], the notifier sends it and brings back the answer.
//!
//! Invariants: a turn of a run and its notices are never both there; so each is decided once. Before a parcel goes out, its attempt is written:
//! of several who look at the same moment one sends. What is answered for good is never sent again; what is not is due again.
//! Nothing secret is in what is written: not in an answer, not in a reason.

mod attempt;
mod compose;
mod facts;
mod fill;
mod parcel;
mod veil;
mod write;

pub use parcel::{MailServer, Parcel, Sender};
