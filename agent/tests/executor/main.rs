//! The local executor with the real `kraken-tool`, real processes, real control groups. Every story ends with the check that nothing of
//! its job is left: no process, no folder, no control group.

mod artifacts;
mod cancel;
mod data;
mod ending;
mod git;
mod host;
mod killed;
mod limits;
mod output;
mod shell;
