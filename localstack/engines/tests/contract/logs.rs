//! The log store: what is acknowledged stays, and a search finds it.

mod again;
mod durability;
mod finding;
mod paging;
mod retention;
mod shelf;
