//! What is wrong is refused with words that help, and leaves nothing half-made.

mod requests;
mod stages;
