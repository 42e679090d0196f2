//! The table: conditions, transactions, indexes, contention, durability.

mod batches;
mod capacity;
mod conditions;
mod contention;
mod durability;
mod expiry;
mod indexes;
mod table;
mod tokens;
mod transactions;
