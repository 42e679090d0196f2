//! `kraken`, the command line.
//!
//! A thin client of the public API (it knows nothing that the API does not say), the door to the one-machine server
//! (`kraken up`), and a way to try a stage without any server (`kraken check`, `kraken run FILE`).
//!
//! Commands return [`failure::Failure`]; [`exit`] says how the process then ends; only [`screen`] writes.

pub mod cli;
pub mod client;
pub mod commands;
pub mod config;
pub mod exit;
pub mod failure;
pub mod follow;
pub mod live;
pub mod local_run;
pub mod look;
pub mod names;
pub mod programs;
pub mod reference;
pub mod screen;
pub mod session;
pub mod signals;
pub mod transfer;
pub mod up;

use std::process::ExitCode;

use clap::Parser;

use crate::{cli::Cli, exit::Exit, failure::Failure, session::Session};

/// The program: the command line in, an exit code out.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut session = Session::new(cli.globals.clone());
    let exit = match run(cli, &mut session) {
        Ok(()) => Exit::Ok,
        Err(failure) => {
            session.screen.failure(&failure);
            failure.exit()
        }
    };
    session.screen.clear_progress();
    ExitCode::from(exit.code())
}

fn run(cli: Cli, session: &mut Session) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Other(format!("cannot start: {error}")))?;
    let done = runtime.block_on(cli.command.run(session));
    // Nothing that is left over, such as a read of a terminal, keeps the program from ending.
    runtime.shutdown_background();
    done
}
