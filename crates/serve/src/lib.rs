//! Runs handlers at home: in loops over a queue or a timer, until told to stop. Knows nothing of the domain.
//!
//! A handler never learns where it runs. What a queue and a schedule of the cloud do for a function is done here: deliver
//! messages, take off those that were handled, leave the others to come again, call by the clock.

mod consume;
mod every;
mod log;
mod stop;
mod tail;

pub use consume::{Consumer, Delivery, consume};
pub use every::every;
pub use log::{LogFormat, init_log};
pub use stop::stop_signal;
pub use tail::{QUIET, Tail, Taken};
pub use tokio_util::sync::CancellationToken;
