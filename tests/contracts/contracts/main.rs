//! What the house promises about itself.
#![allow(clippy::unwrap_used, missing_docs)]

mod documents;
mod events;
mod layers;
mod rooms;
