//! Processes: starting them, waiting for them, finding all that come from them, ending all of those.

pub(crate) mod children;
pub(crate) mod ending;
pub(crate) mod lines;
pub(crate) mod program;
pub(crate) mod tree;
pub(crate) mod user;
pub(crate) mod wait;
