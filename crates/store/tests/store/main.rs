//! The table over the real engine: what the rest of the house relies on.
#![allow(clippy::unwrap_used, missing_docs)]

mod audit;
mod branch_move;
mod commits;
mod lists;
mod moving;
mod moving_data;
mod moving_notices;
mod order;
mod records;
mod retention;
mod scheduling;
mod untold;
