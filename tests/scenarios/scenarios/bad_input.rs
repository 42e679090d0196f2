//! What is wrong is refused with words that help, and leaves nothing half-made.

mod data;
mod requests;
mod stages;
