//! The table: conditions, transactions, indexes, contention, durability.
