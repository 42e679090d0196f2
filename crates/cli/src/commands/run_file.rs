//! `kraken run FILE`: a stage on this machine, without any server.

use std::path::PathBuf;

use clap::Args;

use crate::{
    failure::{Failure, Outcome},
    session::Session,
};

/// What to run here.
#[derive(Debug, Args)]
pub struct RunFile {
    /// The stage's code; - reads the standard input
    #[arg(required = true)]
    pub file: PathBuf,
}

/// Does it.
pub async fn run(args: RunFile, _session: &mut Session) -> Outcome {
    Err(Failure::Refused(format!("{}", args.file.display())))
}
