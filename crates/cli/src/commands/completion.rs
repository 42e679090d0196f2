//! `kraken completion`.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{Shell, generate};

use crate::{cli::Cli, failure::Outcome, session::Session};

/// Print a completion script, to be loaded by the shell
#[derive(Debug, Args)]
#[command(after_help = "For example: source <(kraken completion bash)")]
pub struct CompletionArgs {
    /// The shell
    shell: ShellName,
}

/// A shell that completions are made for
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ShellName {
    /// GNU Bash
    Bash,
    /// The Z shell
    Zsh,
    /// The friendly interactive shell
    Fish,
}

/// Does it.
pub fn run(args: &CompletionArgs, session: &mut Session) -> Outcome {
    let shell = match args.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "kraken", &mut script);
    session.screen.write(&script)
}
