//! Objects: any key, atomic writes, streaming, signatures and rights, durability.

mod access;
mod bodies;
mod copies;
mod durability;
mod keys;
mod listing;
mod multipart;
mod news;
mod presigned;
mod quiet;
mod reads;
mod store;
mod writes;
