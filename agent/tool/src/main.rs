//! `kraken-tool`: see the library's documentation for what its modes do.

use std::process::ExitCode;

const USAGE: &str = "usage: kraken-tool run        do the step described on standard input
       kraken-tool supervise  run the steps of one job, ordered on standard input
       kraken-tool list       print the built-in tools as JSON
       kraken-tool sweep MARK [WORKSPACE]  end and remove what an unsupervised job left
       kraken-tool jq PROGRAM-FILE INPUT-FILE  print what comes of it, within bounds
       kraken-tool exec-as USER PROGRAM [ARGUMENT…]";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_ref().and_then(|mode| mode.to_str()) {
        Some("run") => kraken_tool::run_main(),
        Some("supervise") => kraken_tool::supervise::main(),
        Some("sweep") => kraken_tool::sweep_main(&arguments.collect::<Vec<_>>()),
        Some("jq") => kraken_tool::jq_main(&arguments.collect::<Vec<_>>()),
        Some("list") => kraken_tool::list_main(),
        Some("exec-as") => kraken_tool::exec_as_main(arguments.collect()),
        Some("--version" | "-V") => {
            println!("kraken-tool {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Some("--help" | "-h" | "help") => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
