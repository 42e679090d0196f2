//! What only OpenSearch can do wrong: it is down, it refuses some, it is full, somebody else was there before.

mod faults;
mod signing;
mod template;
