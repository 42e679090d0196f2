//! Jobs that do what jobs should not: the system stays well, says what happened, and leaves nothing of them.

mod cancel;
mod log_index;
mod many_jobs;
mod output;
mod processes;
mod time;
