//! `kraken`: the command line of Kraken. Everything is in the library, so that tests and the reference can reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    kraken_cli::main()
}
